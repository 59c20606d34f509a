/** The part of sax that we use; it has no types of its own. */
declare module "sax" {
  interface SaxParser {
    /** Of the last character read, counted from 0. */
    readonly line: number;
    /** While it is set, the parser refuses to continue. */
    error: unknown;
    onerror: (error: Error) => void;
    onopentag: (tag: { name: string; attributes: Record<string, string> }) => void;
    onclosetag: (name: string) => void;
    ontext: (text: string) => void;
    oncdata: (text: string) => void;
    write: (text: string) => SaxParser;
    close: () => void;
  }
  const sax: {
    parser: (strict: boolean, options: { position: boolean }) => SaxParser;
  };
  export = sax;
}
