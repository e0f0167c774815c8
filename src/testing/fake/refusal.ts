/** A failure that the fake Engine answers with. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The refusal of a request that only a real Engine, or a mock, can answer. */
export const unknownToFake = (operation: string, what: string): Refusal =>
  new Refusal(501, `${what}. Mock the answer with fake.on("${operation}"), or use a real Engine`);
