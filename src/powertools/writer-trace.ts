import type { AnyChange } from '../routing/route.ts';
import type { MarshalledImage } from '../stream/record.ts';
import { isObject } from '../stream/record.ts';

export interface TracingOptions {
  /**
   * The top-level attribute in which the writer of an item leaves its trace: a W3C `traceparent`, or X-Ray's trace
   * header. Default: none.
   */
  readonly traceAttribute?: string;
  /** Also record what was thrown in its own words, with its stack. They may hold attribute values. Default false. */
  readonly errorMessages?: boolean;
}

/** Where a change was written from. */
export interface WriterTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/**
 * The trace of whoever made this change. Read from the record as it came, for a schema may leave the attribute out.
 * Undefined if there is none, it is not one, or it stood there before the change: then an earlier writer left it.
 */
export function writerOf(change: AnyChange, attribute: string | undefined): WriterTrace | undefined {
  if (attribute === undefined) return undefined;
  const written = textIn(change.raw.dynamodb?.NewImage, attribute);
  if (written === undefined || written === textIn(change.raw.dynamodb?.OldImage, attribute)) return undefined;
  return readTraceparent(written) ?? readXRayHeader(written);
}

function textIn(image: MarshalledImage | undefined, attribute: string): string | undefined {
  if (image === undefined || !Object.hasOwn(image, attribute)) return undefined;
  const value: unknown = image[attribute];
  const text = isObject(value) ? value['S'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** @see https://www.w3.org/TR/trace-context/#traceparent-header */
function readTraceparent(text: string): WriterTrace | undefined {
  const found =
    /^(?<version>[\da-f]{2})-(?<trace>[\da-f]{32})-(?<span>[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/s.exec(
      text,
    );
  const { version, trace = '', span = '', flags = '', more } = found?.groups ?? {};
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return traceOf(trace, span, (parseInt(flags, 16) & 1) === 1);
}

/** @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function readXRayHeader(text: string): WriterTrace | undefined {
  if (text.length > longestHeader) return undefined;
  const parts = new Map(text.split(';').map((part) => keyAndValue(part.trim())));
  const [, epoch, random] = /^1-([\da-f]{8})-([\da-f]{24})$/.exec(parts.get('Root') ?? '') ?? [];
  const [span] = /^[\da-f]{16}$/.exec(parts.get('Parent') ?? '') ?? [];
  if (epoch === undefined || random === undefined || span === undefined) return undefined;
  return traceOf(epoch + random, span, parts.get('Sampled') === '1');
}

/** X-Ray's own are a good 70 characters. */
const longestHeader = 512;

const keyAndValue = (part: string): readonly [string, string] => {
  const at = part.indexOf('=');
  return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
};

/** Ids of zeros alone are no ids. */
const traceOf = (traceId: string, spanId: string, isSampled: boolean): WriterTrace | undefined =>
  /[^0]/.test(traceId) && /[^0]/.test(spanId) ? { traceId, spanId, isSampled } : undefined;
