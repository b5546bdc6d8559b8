import type { ConfigReader } from '../../config/reader.ts';
import * as families from '../../metrics/families/tls-file.ts';
import { sslEarliestCertExpiry } from '../../metrics/families/tls.ts';
import { labelText } from '../../metrics/labels.ts';
import { untilAbort } from '../../net/abort.ts';
import { type Certificate, dateFault } from '../../net/certificate.ts';
import { reasonOf } from '../../net/error-reason.ts';
import { ProbeFailure } from '../../net/failure.ts';
import { recordFile } from '../../probe/certificate-metrics.ts';
import type { Probe, ProbeContext } from '../../probe/context.ts';
import { findFiles } from './find.ts';
import { readTlsFileOptions, type TlsFileOptions } from './options.ts';
import { readCertificates } from './read.ts';

/**
 * The tls_file prober: reads the certificates in the files that a path or a pattern names. It is a success when every
 * file could be read, and every certificate is valid now.
 */
export function tlsFile(section: ConfigReader): Probe {
  const options = readTlsFileOptions(section);
  const run = async (context: ProbeContext): Promise<void> => {
    const { files, more } = await inTime(context, 'resolve', findFiles(context.target, options));
    context.metrics.set(families.tlsFiles, files.length);
    const problems = await readFiles(context, files, options);
    if (more) problems.push(new ProbeFailure('resolve', 'too_large', `There are more than ${options.maxFiles} files`));
    for (const { message, reason } of problems)
      context.log.info('A file is not as it should be', { reason, err: message });
    if (problems[0] !== undefined) throw problems[0];
  };
  return Object.assign(run, {
    refuse: ({ hostname }: Pick<ProbeContext, 'hostname'>) =>
      hostname === undefined ? undefined : 'Names are not verified in files: the parameter hostname must go',
  });
}

/** Tells of every file that can be read, and gives what is wrong: files first, in their order, then dates. */
async function readFiles(
  context: ProbeContext,
  files: readonly string[],
  { maxCertificates }: TlsFileOptions,
): Promise<ProbeFailure[]> {
  const { metrics } = context;
  const [unreadable, invalid]: [ProbeFailure[], ProbeFailure[]] = [[], []];
  let left = maxCertificates;
  let earliest = Infinity;
  for (const file of files) {
    const read = await inTime(context, 'transfer', certificatesOf(file));
    if (read instanceof ProbeFailure) {
      unreadable.push(read);
      continue;
    }
    metrics.set(families.tlsFileCertificates, read.length, labelText({ file }));
    const certificates = read.slice(0, left);
    left -= certificates.length;
    recordFile(metrics, file, certificates);
    earliest = Math.min(earliest, ...certificates.map(({ notAfter }) => notAfter));
    invalid.push(...certificates.flatMap((certificate) => dateProblem(file, certificate) ?? []));
    if (certificates.length < read.length) {
      unreadable.push(new ProbeFailure('transfer', 'too_large', `There are more than ${maxCertificates} certificates`));
      break;
    }
  }
  if (earliest !== Infinity) metrics.set(sslEarliestCertExpiry, earliest);
  return [...unreadable, ...invalid];
}

async function certificatesOf(file: string): Promise<Certificate[] | ProbeFailure> {
  try {
    return await readCertificates(file);
  } catch (error) {
    const reason = reasonOf(error);
    const known = reason === 'permission' || reason === 'not_found' || reason === 'too_many_files';
    const message = `Cannot use ${file}: ${error instanceof Error ? error.message : String(error)}`;
    return new ProbeFailure('transfer', known ? reason : 'unusable_file', message, { cause: error });
  }
}

function dateProblem(file: string, certificate: Certificate): ProbeFailure | undefined {
  const fault = dateFault(certificate);
  return fault && new ProbeFailure('check', fault.reason, `In ${file}, ${fault.message}`);
}

/** A file system may hang: the probe does not wait for it beyond its deadline. */
async function inTime<T>({ signal }: ProbeContext, phase: 'resolve' | 'transfer', work: Promise<T>): Promise<T> {
  try {
    return await untilAbort(signal, phase, work);
  } catch (error) {
    if (error instanceof ProbeFailure) throw error;
    const reason = reasonOf(error);
    const message = error instanceof Error ? error.message : String(error);
    throw new ProbeFailure(phase, reason === 'other' ? 'unusable_file' : reason, message, { cause: error });
  }
}
