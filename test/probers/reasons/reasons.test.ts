import { testCauses } from './cause.ts';
import { checks } from './checks.ts';
import { connecting } from './connecting.ts';
import { exchanges } from './exchanges.ts';
import { handshakes } from './handshakes.ts';
import { helpers } from './proxies.ts';

testCauses('what goes wrong before a connection', connecting);
testCauses('what goes wrong with TLS', handshakes);
testCauses('what goes wrong with an answer', exchanges);
testCauses('what a check finds wrong', checks);
testCauses('what goes wrong with proxies and tokens', helpers);
