// A key and a certificate for 127.0.0.1 (X.509 v3, RFC 5280), written in DER for one test, so that it needs no openssl
// and no key lies in the repository.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));
const COMMON_NAME = objectId('550403');
const SUBJECT_ALT_NAME = objectId('551d11');
const DAY_MS = 86_400_000;

/** Both in PEM. The certificate is valid from a day before `nowMs` to a day after it. */
export function selfSigned(nowMs: number): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = sequence(tagged(SET, sequence(COMMON_NAME, tagged(0x0c, Buffer.from('127.0.0.1')))));
  const alternatives = sequence(tagged(0x87, Buffer.of(127, 0, 0, 1)));
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.of(2))), // version 3
    tagged(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])), // serial number, positive
    ECDSA_WITH_SHA256,
    name, // issuer
    sequence(time(nowMs - DAY_MS), time(nowMs + DAY_MS)),
    name, // subject
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(sequence(SUBJECT_ALT_NAME, tagged(0x04, alternatives)))),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(
    toBeSigned,
    ECDSA_WITH_SHA256,
    tagged(0x03, Buffer.concat([Buffer.of(0), signature])), // a bit string without unused bits
  );
  const body = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
  };
}

/** Tag, length in as few bytes as DER demands (up to 65,535), content. */
function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const header = length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : null;
  return Buffer.concat([Buffer.from(header ?? [tag, 0x82, length >> 8, length & 255]), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(SEQUENCE, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

/** UTCTime: `yyMMddhhmmssZ`. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}
