import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { UsageError } from '../../src/cli/flags.ts';
import type { ServeOptions } from '../../src/cli/serve-options.ts';

function options(...args: string[]): ServeOptions {
  const command = parseCommandLine(args);
  assert.ok('serve' in command);
  return command.serve;
}

test('without flags the defaults are those of blackbox_exporter', () => {
  assert.deepEqual(options(), {
    configFile: undefined,
    configCheck: false,
    autoReload: false,
    autoReloadInterval: 30,
    timeoutOffset: 0.5,
    historyLimit: 100,
    logLevel: 'info',
    logFormat: 'logfmt',
    probeLogLevel: 'info',
    probeDebug: true,
    maxInFlight: undefined,
    maxPerHost: undefined,
    listenAddresses: [{ host: undefined, port: 9115 }],
    externalUrl: undefined,
    routePrefix: undefined,
    workers: 1,
  });
});

const cases: readonly [args: string[], expected: Partial<ServeOptions>][] = [
  [['--config.file=x.yml'], { configFile: 'x.yml' }],
  [['--config.file', 'x.yml'], { configFile: 'x.yml' }],
  [['--config.file=a=b'], { configFile: 'a=b' }],
  [['--config.check'], { configCheck: true }],
  [['--no-config.check'], { configCheck: false }],
  [['--config.enable-auto-reload', '--config.auto-reload-interval=5'], { autoReload: true, autoReloadInterval: 5 }],
  [['--timeout-offset=1.25'], { timeoutOffset: 1.25 }],
  [['--timeout-offset', '-1'], { timeoutOffset: -1 }],
  [['--history.limit=0'], { historyLimit: 0 }],
  [['--log.level=DEBUG', '--log.format=json'], { logLevel: 'debug', logFormat: 'json' }],
  [['--log.prober=none'], { probeLogLevel: 'none' }],
  [['--no-probe.debug'], { probeDebug: false }],
  [['--workers=4'], { workers: 4 }],
  [['--workers=auto'], { workers: availableParallelism() }],
  [['--workers=4', '--history.limit=0', '--probe.max-per-host=4'], { workers: 4, historyLimit: 0, maxPerHost: 4 }],
  [['--probe.max-in-flight=500', '--probe.max-per-host', '2'], { maxInFlight: 500, maxPerHost: 2 }],
  [
    ['--web.listen-address=127.0.0.1:9200', '--web.listen-address', '[::1]:9200'],
    {
      listenAddresses: [
        { host: '127.0.0.1', port: 9200 },
        { host: '::1', port: 9200 },
      ],
    },
  ],
  [['--web.external-url=http://x/y', '--web.route-prefix=/z'], { externalUrl: 'http://x/y', routePrefix: '/z' }],
  [['--web.config.file=', '--no-web.systemd-socket'], {}],
];

for (const [args, expected] of cases) {
  test(`${args.join(' ')} is read`, () => {
    assert.deepEqual(options(...args), { ...options(), ...expected });
  });
}

const mistakes: readonly [args: string[], message: string][] = [
  [['--nope'], 'Unknown flag --nope'],
  [['--no-nope'], 'Unknown flag --no-nope'],
  [['--no-config.file'], 'Unknown flag --no-config.file'],
  [['-x'], 'Unknown flag -x'],
  [['extra'], 'Unexpected argument "extra"'],
  [['--', '--config.check'], 'Unexpected argument "--config.check"'],
  [['--config.check=true'], '--config.check takes no value; --no-config.check switches it off'],
  [['--config.file'], '--config.file needs a value'],
  [['--config.file', '--config.check'], '--config.file needs a value'],
  [['--config.file=a', '--config.file=b'], '--config.file is given twice'],
  [['--config.check', '--no-config.check'], '--config.check is given twice'],
  [['--timeout-offset=x'], '--timeout-offset: "x" is not a number'],
  [['--timeout-offset='], '--timeout-offset: "" is not a number'],
  [['--history.limit=-1'], '--history.limit: "-1" is not a whole number'],
  [['--history.limit=1e3'], '--history.limit: "1e3" is not a whole number'],
  [['--config.auto-reload-interval=1.5'], '--config.auto-reload-interval: "1.5" is not a whole number'],
  [['--probe.max-in-flight=0'], '--probe.max-in-flight: must be at least 1'],
  [['--probe.max-per-host='], '--probe.max-per-host: "" is not a whole number'],
  [['--log.level=loud'], '--log.level: "loud" is none of debug, info, warn, error'],
  [['--log.format=xml'], '--log.format: "xml" is none of logfmt, json'],
  [['--log.prober=loud'], '--log.prober: "loud" is none of debug, info, warn, error, none'],
  [
    ['--web.listen-address=foo'],
    '--web.listen-address: The listen address "foo" is no host:port, like :9115, 127.0.0.1:9115 or [::1]:9115',
  ],
  [['--workers=0'], '--workers: must be at least 1'],
  [['--workers=many'], '--workers: "many" is not a whole number'],
  [['--workers=1025'], '--workers: must be at most 1024'],
  [['--workers=4', '--probe.max-per-host=3'], '--probe.max-per-host: 3 cannot be shared out among 4 workers'],
  [['--workers=4', '--history.limit=3'], '--history.limit: 3 cannot be shared out among 4 workers'],
  [['--web.config.file=web.yml'], '--web.config.file is not supported yet'],
  [['--web.systemd-socket'], '--web.systemd-socket is not supported yet'],
];

for (const [args, message] of mistakes) {
  test(`${args.join(' ')} is refused in one line`, () => {
    assert.throws(
      () => parseCommandLine(args),
      (error) => error instanceof UsageError && error.message === `${message}; try --help`,
    );
  });
}

for (const flag of ['--help', '-h']) {
  test(`${flag} names every flag in lines that fit`, () => {
    const command = parseCommandLine([flag]);
    assert.ok('print' in command);
    for (const name of ['config.file', '[no-]config.check', 'log.prober', 'web.listen-address', 'web.config.file']) {
      assert.ok(command.print.includes(`--${name}`), name);
    }
    for (const line of command.print.split('\n')) assert.ok(line.length <= 100, line);
  });
}

test('--version names the version', () => {
  const command = parseCommandLine(['--version']);
  assert.ok('print' in command && /^clearbox_exporter, version \d+\.\d+\.\d+ /.test(command.print));
});
