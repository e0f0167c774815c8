import ts from "typescript";

/** The members of a member of an interface or object, such as `schemas` of `components`; none if it has no such member. */
export function membersOf(parent: ts.Node | undefined, key: string): ts.PropertySignature[] {
  const type = memberOf(parent, key)?.type;
  return type && ts.isTypeLiteralNode(type) ? type.members.filter(ts.isPropertySignature) : [];
}

/** A member of an interface or object. */
export function memberOf(parent: ts.Node | undefined, key: string): ts.PropertySignature | undefined {
  if (!parent || !(ts.isInterfaceDeclaration(parent) || ts.isTypeLiteralNode(parent))) return undefined;
  return [...parent.members].filter(ts.isPropertySignature).find((member) => nameOf(member) === key);
}

export const nameOf = ({ name }: ts.PropertySignature): string =>
  ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text.replace(/^"(.*)"$/, "$1") : "";
