/** Finds what the built declarations export without a description. Needs dist/. */
import { fileURLToPath } from "node:url";
import ts from "typescript";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/**
 * What an editor shows no words for: exports, and public members of exported classes, interfaces and object types.
 *
 * @param files Declarations to look at, relative to dist/.
 * @returns The names without words, and how many were looked at.
 */
export function wordless(files) {
  const paths = files.map((file) => `${dist}${file}`);
  const program = ts.createProgram(paths, { module: ts.ModuleKind.NodeNext, types: ["node"] });
  const checker = program.getTypeChecker();
  const seen = new Set();
  const missing = [];
  const look = (name, symbol) => {
    seen.add(symbol);
    if (symbol.getDocumentationComment(checker).length === 0) missing.push(name);
  };
  for (const [index, path] of paths.entries()) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(path));
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (seen.has(symbol)) continue;
      const name = `${files[index]}: ${exported.name}`;
      look(name, symbol);
      for (const member of membersOf(symbol).filter((one) => !seen.has(one)))
        look(`${name}.${member.name}`, member);
    }
  }
  return { missing, seen: seen.size };
}

/** The members that the declarations of a symbol write down: not what it inherits, and nothing private. */
function membersOf(symbol) {
  const lists = (symbol.declarations ?? []).flatMap(memberLists);
  return lists.flat().flatMap((member) => {
    const isHidden =
      ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
    return member.symbol && member.name && !ts.isPrivateIdentifier(member.name) && !isHidden
      ? [member.symbol]
      : [];
  });
}

function memberLists(node) {
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) return [node.members];
  if (ts.isTypeAliasDeclaration(node)) return memberLists(node.type);
  if (ts.isTypeLiteralNode(node)) return [node.members];
  if (ts.isIntersectionTypeNode(node) || ts.isUnionTypeNode(node)) return node.types.flatMap(memberLists);
  if (ts.isTypeReferenceNode(node)) return (node.typeArguments ?? []).flatMap(memberLists);
  if (ts.isParenthesizedTypeNode(node)) return memberLists(node.type);
  return [];
}
