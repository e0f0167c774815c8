import ts from "typescript";
import { nameOf } from "./members.js";

const { factory } = ts;

/** Lets every optional property be undefined: users often assemble requests from optional values. */
export function acceptUndefined<T extends ts.Node>(node: T): T {
  const visit = (child: ts.Node): ts.Node => {
    const visited = ts.visitEachChild(child, visit, undefined);
    if (!ts.isPropertySignature(visited) || !visited.questionToken || !visited.type) return visited;
    const { modifiers, name, questionToken, type } = visited;
    return factory.updatePropertySignature(visited, modifiers, name, questionToken, orUndefined(type));
  };
  return visit(node) as T;
}

export function orUndefined(type: ts.TypeNode): ts.TypeNode {
  if (type.kind === ts.SyntaxKind.NeverKeyword) return type;
  const types = ts.isUnionTypeNode(type) ? [...type.types] : [type];
  return factory.createUnionTypeNode([
    ...types,
    factory.createKeywordTypeNode(ts.SyntaxKind.UndefinedKeyword),
  ]);
}

const ARGUMENTS = new Set(["query", "header", "requestBody"]);

/** The same for the parameters and bodies of operations, but not for their answers. */
export function withUndefinedArguments(operations: ts.InterfaceDeclaration): ts.InterfaceDeclaration {
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isPropertySignature(node) && ARGUMENTS.has(nameOf(node)) && node.type) {
      const { modifiers, name, questionToken, type } = node;
      return factory.updatePropertySignature(node, modifiers, name, questionToken, acceptUndefined(type));
    }
    if (ts.isPropertySignature(node) && nameOf(node) === "responses") return node;
    return ts.visitEachChild(node, visit, undefined);
  };
  return visit(operations) as ts.InterfaceDeclaration;
}
