import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filled, noValues, placesIn, Template } from '../../src/config/template.ts';

const template = (text: string): Template => Template.parse(Buffer.from(text), { places: true });
const values = new Map([
  ['a', 'x'],
  ['b', '${param.a}'],
]);

const texts: readonly (readonly [template: string, filled: string])[] = [
  ['', ''],
  ['plain', 'plain'],
  ['${param.a}', 'x'],
  ['<${param.a}${param.a}>', '<xx>'],
  ['${param.b}', '${param.a}'],
  ['$${param.a}$', '$x$'],
  ['${a} ${param.} ${param.a-b} ${param.a', '${a} ${param.} ${param.a-b} ${param.a'],
  ['größer ${param.a} €', 'größer x €'],
];

for (const [text, wanted] of texts) {
  test(`the template ${JSON.stringify(text)} gives ${JSON.stringify(wanted)}`, () => {
    assert.equal(template(text).text(values), wanted);
    assert.equal(template(text).constant, placesIn(text).length === 0);
  });
}

test('a value is what stands in its place, whatever both are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.string(), (before, value, after) => {
      fc.pre(placesIn(before + after).length === 0 && !/\$\{param\.\w*$/.test(before));
      const text = template(`${before}\${param.a}${after}`).text(new Map([['a', value]]));
      assert.equal(text, Buffer.from(before + value + after).toString());
    }),
  );
});

test('bytes that are no text stay what they are', () => {
  const bytes = Buffer.from([0xff, 0x00, ...Buffer.from('${param.a}'), 0xfe]);
  const made = Template.parse(bytes, { places: true }).bytes(values);
  assert.deepEqual(made, Buffer.from([0xff, 0x00, 0x78, 0xfe]));
});

test('only what is written is changed', () => {
  const upper = template('a${param.b}a').map((written) => Buffer.from(written.toString().toUpperCase()));
  assert.equal(upper.text(values), 'A${param.a}A');
});

test('without places there is nothing to fill in', () => {
  const plain = Template.parse(Buffer.from('${param.a}'), { places: false });
  assert.equal(plain.constant, true);
  assert.equal(plain.text(values), '${param.a}');
});

test('what depends on no value is made once', () => {
  let made = 0;
  const make = (): number => (made += 1);
  const fixed = filled([template('a'), undefined], make);
  assert.deepEqual([fixed(noValues), fixed(values), made], [1, 1, 1]);
  const open = filled([template('a'), template('${param.a}')], make);
  assert.deepEqual([open(values), open(values)], [2, 3]);
});
