import ts from 'typescript';

/** Visits `node` and every one below it, outer before inner. */
export const visitNodes = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node);
  ts.forEachChild(node, (child) => visitNodes(child, visit));
};
