import {
  type CST,
  Composer,
  type Document,
  type Node,
  type ParsedNode,
  Parser,
  type YAMLParseError,
  isAlias,
  isScalar,
  visit,
} from 'yaml';
import { isNullScalar } from './scalar.ts';

/** How deep a file may nest: the parser itself is recursive, and what overflows its stack can end the process. */
const maxDepth = 64;

// oxlint-disable-next-line no-control-regex
const forbiddenCharacters = /[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/g;

/** Every scalar stays the text that it is written as: what it means depends on the key it is for. */
const options = { schema: 'failsafe', resolveKnownTags: false, uniqueKeys: false, prettyErrors: false } as const;

/** What is wrong with the text of a file, at an offset. */
export interface Complaint {
  readonly offset: number;
  readonly message: string;
}

/** Parses a text that must be one YAML document at most. No complaint quotes a value: it may be a secret. */
export function parseYaml(text: string): { document?: Document<ParsedNode>; complaints: Complaint[] } {
  const forbidden = [...text.matchAll(forbiddenCharacters)].map(({ 0: character, index }) => ({
    offset: index,
    message: `not valid YAML: the control character ${codePoint(character)} must be escaped in double quotes`,
  }));
  if (forbidden.length > 0) {
    return { complaints: forbidden };
  }
  const tokens = [...new Parser().parse(text)];
  const deep = findDeeper(tokens, maxDepth);
  if (deep !== undefined) {
    return { complaints: [{ offset: deep.offset, message: `nested deeper than ${maxDepth} levels` }] };
  }
  const [document, ...others] = [...new Composer(options).compose(tokens, true, text.length)];
  if (document === undefined) {
    return { complaints: [] };
  }
  const complaints = document.errors.map((error) => ({
    offset: error.pos[0],
    message: `not valid YAML: ${syntaxMessage(error)}`,
  }));
  const second = others.find(({ contents, errors }) => !isNothing(contents) || errors.length > 0);
  if (second !== undefined) {
    const offset = second.contents?.range[0] ?? second.range[0];
    complaints.push({ offset, message: 'a second YAML document: only one may be in a file' });
  }
  return { document, complaints };
}

/** Whether there is no node, or only one that is null. */
export function isNothing(node: Node | null | undefined): boolean {
  return node === null || node === undefined || (isScalar(node) && isNullScalar(node));
}

/** What each alias of a document stands for: the last node before it that has its anchor. */
export function aliasTargets(document: Document): Map<Node, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return targets;
}

/** The first token that lies deeper than a number of levels. Recursion would overflow where this has to look. */
function findDeeper(tokens: readonly CST.Token[], levels: number): CST.Token | undefined {
  let level = [...tokens];
  for (let depth = 0; depth <= levels && level.length > 0; depth++) {
    level = level.flatMap(tokensIn);
  }
  return level[0];
}

function tokensIn(token: CST.Token): CST.Token[] {
  if (token.type === 'document') {
    return token.value === undefined ? [] : [token.value];
  }
  const items = 'items' in token ? token.items : [];
  return items.flatMap(({ key, value }) => [key, value].filter((inner) => inner !== undefined && inner !== null));
}

function syntaxMessage({ code, message }: YAMLParseError): string {
  const [first = ''] = message.split(code === 'UNEXPECTED_TOKEN' ? /: |, but found/ : '\n');
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
