import { gzipSync } from 'node:zlib';
import type { Handler } from '../../support/servers.ts';
import type { Marks } from '../mends.ts';
import type { ProbeCase } from '../probe-case.ts';
import { http } from '../targets.ts';

const document = {
  status: 'ok',
  text: 'hello wörld',
  empty: '',
  number: 1,
  fraction: 1.5,
  negative: -3,
  zero: 0,
  yes: true,
  no: false,
  nothing: null,
  list: [1, 2, 3],
  words: ['a', 'b', 'c'],
  mixed: [1, 'a', null],
  none: [],
  nodes: [
    { id: 1, name: 'x', up: true },
    { id: 2, name: 'y', up: true },
    { id: 3, up: false },
  ],
  map: { a: 1, b: 2 },
  nested: { a: { b: { c: 'd' } } },
  'weird-key': 7,
  constructor: 'x',
  emoji: '😀x',
  time: '2024-01-02T03:04:05.678Z',
  duration: '1h30m',
};

const answer =
  (body: string | Buffer, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    void response.writeHead(200, headers).end(body);

/** Both ways to use an expression: together they tell true, false and an error apart. */
const both = (expression: string, body = JSON.stringify(document), differs?: Marks): ProbeCase[] =>
  ['fail_if_body_json_matches_cel', 'fail_if_body_json_not_matches_cel'].map((key) => ({
    name: `${key}: ${expression}`,
    module: { prober: 'http', http: { [key]: expression } },
    target: http(answer(body)),
    ...(differs !== undefined && { differs }),
  }));

const expressions = String.raw`
body.status == "ok"
body.status in ["ok", "fine"]
body.status == "ok" && body.number < 2
body.status != "ok" || body.missing == 1
body.missing == 1
body.missing == 1 || body.status == "ok"
body.missing == 1 && body.no
body.status
body.number
body.yes
!body.no
!body.number
body.nothing == null
body.nothing != null
body.number == null
body.number == 1
body.number == 1.0
body.number == 1u
body.number == "1"
body.number > 0
body.number + 1 == 2
body.number + 1.0 == 2.0
body.number / body.zero > 1000.0
body.negative < -2
int(body.fraction) == 1
string(body.number) == "1"
string(body.fraction * 1000000.0) == "1.5e+06"
double("1.5") == body.fraction
int(body.text) == 1
type(body.number) == double
type(body.list) == list
type(body.nothing) == null_type
has(body.status)
has(body.missing)
has(body.nothing)
has(body.nested.a.b)
has(body.nested.x.b)
has(body.nodes[0].name)
has(body.nodes[2].name)
has(body.status.x)
body.nested.a.b.c == "d"
body["weird-key"] == 7
body.constructor == "x"
has(body.toString)
body.list[0] == 1
body.list[3] == 1
body.list[-1] == 3
body.list.size() == 3
size(body.map) == 2
size(body.number) == 1
body.list == [1, 2, 3]
body.mixed == [1, "a", null]
body.map == {"b": 2, "a": 1.0}
body.nodes[0] == {"id": 1, "name": "x", "up": true}
2 in body.list
"a" in body.map
"a" in body.text
body.list.all(x, x > 0)
body.list.exists(x, x == 2)
body.list.exists_one(x, x > 2)
body.list.map(x, x * 2.0) == [2.0, 4.0, 6.0]
body.list.map(x, x * 2) == [2, 4, 6]
body.list.filter(x, x > 1).size() == 2
body.none.all(x, x > 1)
body.none.exists(x, x > 1)
body.nodes.all(n, n.up)
body.nodes.exists(n, n.name == "y")
body.nodes.all(n, n.name != "")
body.nodes.filter(n, n.up).map(n, n.id) == [1, 2]
body.nodes.filter(n, has(n.name)).all(n, n.name.size() == 1)
body.map.all(k, body.map[k] > 0)
body.map.exists(k, k == "b")
body.mixed.exists(x, x == "a")
body.mixed.all(x, x > 0)
body.number.all(x, x)
body.list.exists(x, body.list.exists(y, y == x + 1.0))
body.text.startsWith("hello") && body.text.endsWith("wörld") && body.text.contains("lo w")
body.text.size() == 11
body.emoji.size() == 2
body.text.startsWith(body.number)
body.text + "!" == "hello wörld!"
body.text < "i"
body.text < body.number
body.text.matches("^hello w.rld$")
body.text.matches("(?i)HELLO")
body.text.matches("\\p{L}+\\s\\p{L}+")
body.text.matches("(?=h)")
body.text.matches("[")
matches(body.text, "w.r")
timestamp(body.time) < timestamp("2025-01-01T00:00:00Z")
timestamp(body.time).getFullYear() == 2024
timestamp(body.time).getHours("+01:00") == 4
timestamp(body.time).getHours("America/New_York") == 22
timestamp(body.time) + duration(body.duration) == timestamp("2024-01-02T04:34:05.678Z")
timestamp(body.text) > timestamp(0)
duration(body.duration) == duration("5400s")
duration(body.duration).getMinutes() == 90
duration("1h").getMilliseconds() == 3600000
string(duration("90s")) == "90s"
body.number == 1 ? body.yes : body.missing
body.number ? true : false
body.number == 1 // a comment
body
  .number == 1
`;

/** Expressions, one a line; those that go on are indented. */
const lines = expressions.trim().split(/\n(?!\s)/);

const documents: ProbeCase[] = [
  ...both('body == [1, 2]', '[1,2]'),
  ...both('body == "text"', '"text"'),
  ...both('body == 5', '5'),
  ...both('body == null', 'null'),
  ...both('body.a == 2', '{"a":1,"a":2}'),
  ...both('body.a == 1', ' {"a": 1}\n\n'),
  ...both('body.a == 1', '{"a":1}x'),
  ...both('body.a == 1', ''),
  ...both('body.a == 1', 'not JSON'),
  ...both('body.a == 1', "{'a':1}"),
  ...both('body.a == 1', '{"a":1e999}'),
  ...both('body.a == 1', '\uFEFF{"a":1}'),
  ...both('body.a == "\uFFFD"', '{"a":"\\ud800"}', {
    probe_success: 'half of a surrogate pair stays what it is',
    probe_failed_due_to_cel: 'half of a surrogate pair stays what it is',
  }),
  ...both('body.a[0][0][0] == 1', '{"a":[[[1]]]}'),
  ...both('body.size() == 20000', JSON.stringify(Array.from({ length: 20_000 }, (_, index) => index))),
  ...both(
    'body.filter(x, x >= 5.0).size() == 19995',
    JSON.stringify(Array.from({ length: 20_000 }, (_, index) => index)),
  ),
];

const module = (options: object) => ({ prober: 'http', http: options });
const body = JSON.stringify(document);
const whole = 'each check sees the whole body';

const together: ProbeCase[] = [
  {
    name: 'both expressions, the first of which matches',
    module: module({ fail_if_body_json_matches_cel: 'body.yes', fail_if_body_json_not_matches_cel: 'body.yes' }),
    target: http(answer(body)),
  },
  {
    name: 'both expressions, as wanted',
    module: module({ fail_if_body_json_matches_cel: 'body.no', fail_if_body_json_not_matches_cel: 'body.yes' }),
    target: http(answer(body)),
  },
  {
    name: 'an expression and a regular expression',
    module: module({ fail_if_body_json_not_matches_cel: 'body.yes', fail_if_body_not_matches_regexp: ['hello'] }),
    target: http(answer(body)),
    differs: { probe_success: whole, probe_failed_due_to_cel: whole },
  },
  {
    name: 'a regular expression that fails before an expression',
    module: module({ fail_if_body_json_not_matches_cel: 'body.no', fail_if_body_matches_regexp: ['hello'] }),
    target: http(answer(body)),
  },
  {
    name: 'a status that fails before an expression',
    module: module({ fail_if_body_json_not_matches_cel: 'body.no', valid_status_codes: [404] }),
    target: http(answer(body)),
  },
  {
    name: 'an expression on a compressed body',
    module: module({ fail_if_body_json_not_matches_cel: 'body.yes', compression: 'gzip' }),
    target: http(answer(gzipSync(body), { 'Content-Encoding': 'gzip' })),
  },
];

/** Modules with CEL expressions on JSON bodies. */
export const cel: readonly ProbeCase[] = [...lines.flatMap((line) => both(line)), ...documents, ...together];
