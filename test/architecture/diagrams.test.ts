import { join } from 'node:path';
import { expect } from 'chai';
import { ARCHITECTURE_DOCUMENT, architectureDocument } from '../../tools/diagrams/architecture-document.ts';
import { withSections } from '../../tools/diagrams/generated-sections.ts';
import { layerDiagram } from '../../tools/diagrams/layer-diagram.ts';
import { portsIn } from '../../tools/diagrams/ports.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('the diagrams', () => {
  it('are those of today’s code', () => {
    const { present, fresh } = architectureDocument(ROOT);
    expect(present, `${ARCHITECTURE_DOCUMENT} shows an older house: npm run diagrams`).to.equal(fresh);
  });

  it('show which layer imports which, once, and nothing within one', () => {
    const drawn = layerDiagram([
      { path: 'src/domain/order/order.ts', text: "import type { Money } from './values.ts';" },
      { path: 'src/application/relay/relay.ts', text: "import '../ports/outbox.ts'; import '../../domain/upcast.ts';" },
      { path: 'src/order.ts', text: "export * from './application/relay/relay.ts';" },
      { path: 'src/interfaces/http/http.ts', text: "import '../contract/topic.ts';" },
    ]);
    const arrows = drawn.split('\n').filter((line) => line.includes('-->'));
    expect(arrows).to.deep.equal([
      '  application --> domain',
      '  composition --> application',
      '  interfaces --> contract',
    ]);
  });

  it('know a port by the adapters that implement it, and by who asks it', () => {
    const [port, ...others] = portsIn([
      { path: 'src/application/ports/inbox.ts', text: 'export interface Inbox {} export interface Row {}' },
      {
        path: 'src/application/consumer/settle.ts',
        text: "import type { Inbox } from '../ports/inbox.ts'; const settle = (inbox: Inbox) => inbox;",
      },
      {
        path: 'src/infrastructure/mysql/mysql-inbox.ts',
        text: "import type { Inbox } from '../../application/ports/inbox.ts'; class MySqlInbox implements Inbox {}",
      },
      { path: 'src/infrastructure/kafka/inbox.ts', text: 'interface Inbox {} class Another implements Inbox {}' },
    ]);
    expect(others).to.deep.equal([]);
    expect(port).to.deep.include({ name: 'Inbox', askedBy: ['consumer'] });
    expect(port?.adapters).to.deep.equal([
      { name: 'MySqlInbox', path: 'src/infrastructure/mysql/mysql-inbox.ts', technology: 'mysql' },
    ]);
  });

  it('stand between markers, and whatever is around them is left as it is', () => {
    const document = 'before\n<!-- generated: a -->\nold\n<!-- end of generated -->\nafter';
    expect(withSections(document, { a: 'new' })).to.equal(
      'before\n<!-- generated: a -->\n\nnew\n\n<!-- end of generated -->\nafter',
    );
    expect(() => withSections(document, { a: 'new', b: 'more' })).to.throw('<!-- generated: b -->');
    expect(() => withSections(document, {})).to.throw('nothing generates the sections a');
  });
});
