// Runs in a process that may have few descriptors.
import { testCauses } from './cause.ts';
import { descriptors } from './descriptors.ts';

testCauses('what goes wrong without a descriptor', descriptors, { concurrency: 1 });
