const begin = (name: string): string => `<!-- generated: ${name} -->`;
const END = '<!-- end of generated -->';

/**
 * The document with each section written anew, between its markers. @throws Error when a marker is missing, or there is
 * one that no section is for.
 */
export const withSections = (document: string, sections: Readonly<Record<string, string>>): string => {
  const marked = [...document.matchAll(/<!-- generated: ([\w-]+) -->/g)].map(([, name]) => name ?? '');
  const unknown = marked.filter((name) => !Object.hasOwn(sections, name));
  if (unknown.length > 0) throw new Error(`nothing generates the sections ${unknown.join(', ')}`);
  return Object.entries(sections).reduce((text, [name, section]) => {
    const start = text.indexOf(begin(name));
    const end = text.indexOf(END, start);
    if (start === -1 || end === -1) throw new Error(`the document has no lines "${begin(name)}" and "${END}"`);
    return `${text.slice(0, start)}${begin(name)}\n\n${section}\n\n${text.slice(end)}`;
  }, document);
};
