import { join } from "node:path";
import ts from "typescript";

const root = process.cwd();

/** What an editor shows for a symbol: its type, our words on it, and their tags. */
export interface Hover {
  readonly shown: string;
  readonly words: string;
  readonly tags: readonly [name: string, text: string][];
}

/** A message of the compiler, its first line first, and its hints. */
export interface Problem {
  readonly lines: readonly string[];
  readonly hints: readonly string[];
}

/** TypeScript's language service on a module of test/types that is not on the disk: HEAD and the code of a question. */
export class Editor {
  readonly #head: string;
  readonly #file = join(root, "test", "types", "editor.virtual.ts");
  readonly #service: ts.LanguageService;
  #code = "";
  #version = 0;

  constructor(head: string) {
    this.#head = head;
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
    const settings = { ...options, noUnusedLocals: false, types: ["node"] };
    const textOf = (file: string): string | undefined =>
      file === this.#file ? this.#head + this.#code : ts.sys.readFile(file);
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => settings,
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      getScriptFileNames: () => [this.#file],
      getScriptVersion: (file) => (file === this.#file ? String(this.#version) : "0"),
      getScriptSnapshot: (file) => {
        const text = textOf(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      fileExists: (file) => file === this.#file || ts.sys.fileExists(file),
      readFile: textOf,
      directoryExists: ts.sys.directoryExists,
    });
  }

  /** Hovers over a symbol of the code: the one that ends it, or begins with `at`. */
  hover(code: string, at?: string): Hover {
    this.#ask(code);
    const place = at === undefined ? code.length - 1 : code.indexOf(at);
    const info = this.#service.getQuickInfoAtPosition(this.#file, this.#head.length + place);
    return {
      shown: ts.displayPartsToString(info?.displayParts),
      words: ts.displayPartsToString(info?.documentation),
      tags: (info?.tags ?? []).map(({ name, text }) => [name, ts.displayPartsToString(text)]),
    };
  }

  /** The names that are offered where the code ends. */
  completions(code: string): string[] {
    this.#ask(code);
    const end = this.#head.length + code.length;
    const offered = this.#service.getCompletionsAtPosition(this.#file, end, undefined)?.entries ?? [];
    return offered.map(({ name }) => name);
  }

  /** What the compiler says about the code. */
  problems(code: string): Problem[] {
    this.#ask(code);
    return this.#service.getSemanticDiagnostics(this.#file).map(({ messageText, relatedInformation }) => ({
      lines: ts
        .flattenDiagnosticMessageText(messageText, "\n")
        .split("\n")
        .map((line) => line.trim()),
      hints: (relatedInformation ?? []).map((hint) => ts.flattenDiagnosticMessageText(hint.messageText, " ")),
    }));
  }

  /** All fields of the interfaces that a file exports, with their types as messages show them. */
  fieldsOf(file: string): [field: string, type: string][] {
    this.#ask("");
    const program = this.#service.getProgram();
    const source = program?.getSourceFile(join(root, file));
    const checker = program?.getTypeChecker();
    if (!source || !checker) throw new Error(`${file} is not part of the program`);
    return source.statements.filter(ts.isInterfaceDeclaration).flatMap(({ name, members }) =>
      members.filter(ts.isPropertySignature).map((member): [string, string] => {
        const type = checker.getTypeAtLocation(member);
        return [`${name.text}.${member.name.getText(source)}`, checker.typeToString(type)];
      }),
    );
  }

  #ask(code: string): void {
    if (code === this.#code) return;
    this.#code = code;
    this.#version++;
  }
}
