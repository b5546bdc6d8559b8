type Token = '*' | ((character: string) => boolean);

/** Whether a path segment is a pattern rather than a name. */
export function isPattern(segment: string): boolean {
  return /[*?[]/.test(segment);
}

/**
 * A shell pattern for one segment of a path: `*`, `?`, `[abc]`, `[a-z]`, `[!abc]`. A name that begins with a dot is
 * matched by a pattern that does. Matching takes at most as many steps as pattern and name are long, multiplied.
 */
export function segmentMatcher(pattern: string): (name: string) => boolean {
  const tokens = [...tokensOf(pattern)];
  return (name) => name.startsWith('.') === pattern.startsWith('.') && matches(tokens, Array.from(name));
}

function* tokensOf(pattern: string): Generator<Token> {
  const parts = pattern.match(/\*+|\?|\[!?\]?[^\]]*\]|[^]/gu) ?? [];
  for (const part of parts) {
    if (part.startsWith('*')) yield '*';
    else if (part === '?') yield () => true;
    else if (part.length > 2 && part.startsWith('[')) yield characterClass(part.slice(1, -1));
    else yield (character) => character === part;
  }
}

function characterClass(text: string): (character: string) => boolean {
  const negated = text.startsWith('!');
  const ranges = (negated ? text.slice(1) : text).match(/[^]-[^]|[^]/gu) ?? [];
  return (character) =>
    negated !==
    ranges.some((range) => {
      const [first = '', , last = first] = Array.from(range);
      return first <= character && character <= last;
    });
}

/** After a mismatch only the last `*` need take one character more: what an earlier one could, it can too. */
function matches(tokens: readonly Token[], characters: readonly string[]): boolean {
  let [token, character, star, starCharacter] = [0, 0, -1, 0];
  while (character < characters.length) {
    const current = tokens[token];
    if (current === '*') {
      [star, starCharacter] = [token, character];
      token += 1;
    } else if (current?.(characters[character] ?? '') === true) {
      token += 1;
      character += 1;
    } else if (star >= 0) {
      starCharacter += 1;
      [token, character] = [star + 1, starCharacter];
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === '*');
}
