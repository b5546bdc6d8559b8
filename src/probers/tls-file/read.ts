import { X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Certificate, certificateOf } from '../../net/certificate.ts';
import { hasTornCertificate, pemCertificates } from '../../net/pem.ts';

const maxFileSize = 1024 * 1024;

/** The certificates in a file, PEM or DER, in their order. Throws an Error when it cannot be read, or has none. */
export async function readCertificates(path: string): Promise<Certificate[]> {
  const bytes = await readBounded(path);
  const text = bytes.toString('latin1');
  const pems = pemCertificates(text);
  if (hasTornCertificate(text)) throw new Error('a certificate in it is torn');
  if (pems.length > 0) return pems.map(parse);
  if (bytes[0] !== derSequence) throw new Error('it has no certificate in PEM or DER');
  return [parse(bytes, 0)];
}

const derSequence = 0x30;

/** Opening a pipe must not wait for its writer. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

async function readBounded(path: string): Promise<Buffer> {
  const file = await open(path, flags);
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no regular file');
    const buffer = Buffer.allocUnsafe(maxFileSize + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
    }
    if (length > maxFileSize) throw new Error(`it is larger than ${maxFileSize} bytes`);
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

function parse(source: string | Buffer, index: number): Certificate {
  try {
    return certificateOf(new X509Certificate(source));
  } catch (error) {
    throw new Error(`certificate ${index + 1} in it cannot be read`, { cause: error });
  }
}
