/** The run was ended before there was anything to judge. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
}
