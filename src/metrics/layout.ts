// Where each number lies in a worker's block of shared memory. One block per worker, one writer per block, any number of
// readers at any time: a worker that dies leaves its counts behind, and progress needs no messages.
//
//   header           Int32    magic, version, seriesSeconds, spare
//   counters         Float64  [COUNTER_*]
//   attempts         Float64  [bank][procedure][ATTEMPT_*]
//   outcomes         Float64  [bank][procedure][outcome]
//   turned           Float64  [bank][procedure][outcome]          of these, not judged as usual (a scenario's `expect`)
//   responses        Float64  [status]
//   histogram stats  Float64  [bank][procedure][kind][STAT_*]     exact count, sum, least and greatest value
//                             stats and buckets have two histograms more behind these, HISTOGRAM_TURNS and HISTOGRAM_PINGS
//   text counts      Float64  [entry]
//   calls            Float64  [CALLS_*][datagrams in the call]
//   asides           Float64  [METHOD_*, ASIDE_*]     requests that came in, answers to them, keepalives: asides.ts
//   targets          Float64  [target][TARGET_*]     only of a run with several
//   bindings         Float64  [BINDINGS_* or TOLD_*]
//   buckets          Uint32   [bank][procedure][kind][HDR index]
//   series           Uint32   [second][LANE_*]
//   text fields      Int32    [entry][TEXT_*]
//   told lengths     Int32    [TOLD_*]
//   text bytes       Uint8    [entry][phrase, then header]
//   told bytes       Uint8    [TOLD_*][text]
//
// Float64 holds counts exactly up to 2^53 and is written in one store. Buckets and series are 32 bits wide to keep a
// block at about 4 MB; a single bucket would wrap after 4.29e9 values. Untouched pages of a block cost no memory.
// Left out on purpose: Atomics. There is one writer, and what must be exact is read after the worker has ended.

import { BANK_COUNT, OUTCOME_COUNT, PROCEDURE_COUNT } from './names.ts';

export const BLOCK_MAGIC = 0x52_53_4d_42;
export const BLOCK_VERSION = 5;

/** At most this many rows, so that a run without a known end has a bounded block. A day and an hour. */
export const SERIES_SECONDS_MAX = 90_000;

// Counters. "Measured" is the measured window, "other" every other phase.

/** First sends of REGISTER requests; each with credentials, or after a 423, is one more. */
export const COUNTER_REQUESTS_SENT = 0;
export const COUNTER_RETRANSMISSIONS = 1;
export const COUNTER_DATAGRAMS_SENT = 2;
/** Responses that match no transaction. */
export const COUNTER_STRAY = 3;
export const COUNTER_MALFORMED = 4;
export const COUNTER_TRUNCATED = 5;
/** Starts whose intended time lies in the measured window, whether or not they could be made. */
export const COUNTER_STARTS_DUE_MEASURED = 6;
export const COUNTER_STARTS_DUE_OTHER = 7;
/** Starts made while the measured window lasted, by actual time. */
export const COUNTER_STARTS_MADE_MEASURED = 8;
export const COUNTER_STARTS_MADE_OTHER = 9;
/** Starts due but never made: the generator's doing (late, no slot) or the scenario's (context busy). Whole run. */
export const COUNTER_MISSED_LATE = 10;
export const COUNTER_MISSED_NO_SLOT = 11;
export const COUNTER_MISSED_CONTEXT_BUSY = 12;
/** The part of MISSED_CONTEXT_BUSY that was due in the measured window; both are counted for such a start. */
export const COUNTER_MISSED_CONTEXT_BUSY_MEASURED = 13;
export const COUNTER_CONTEXTS = 14;
export const COUNTER_REGISTERED_NOW = 15;
export const COUNTER_EXPIRED_BEFORE_REFRESH = 16;
/** Contexts whose flow runs now. */
export const COUNTER_ACTIVE_FLOWS = 17;
export const COUNTER_CLOCK_STEPS = 18;
export const COUNTER_RECEIVE_QUEUE_OVERRUNS = 19;
/** Heartbeat: the time of the latest turn. */
export const COUNTER_LAST_TURN_US = 20;
/** The longest a turn ever lasted, or the next one was overdue: how long the worker could not look at its sockets. */
export const COUNTER_TURN_US_MAX = 21;
/** Values below 0 or above 2^31 - 1 us, recorded at that end. Kept by the record functions. */
export const COUNTER_LATENCY_CLAMPED = 22;
export const COUNTER_CLEANUP_ATTEMPTED = 23;
export const COUNTER_CLEANUP_SUCCEEDED = 24;
export const COUNTER_CLEANUP_FAILED = 25;
export const COUNTER_CPU_US = 26;
/** PHASE_* below. */
export const COUNTER_PHASE = 27;
/** Events past the last second of the series, counted in its last row. Kept by the series functions. */
export const COUNTER_SERIES_CLAMPED = 28;
/** Failure texts that found the table full, and entries in use. Kept by countFailureText. */
export const COUNTER_FAILURE_TEXTS_OTHER = 29;
export const COUNTER_FAILURE_TEXTS_USED = 30;
/** Flushes that the kernel cut short, by reason (EAGAIN, ENOBUFS), and how long messages then waited. */
export const COUNTER_SEND_NO_ROOM = 31;
export const COUNTER_SEND_QUEUE_FULL = 32;
export const COUNTER_SEND_WAITED_US = 33;
export const COUNTER_SEND_WAITED_US_MAX = 34;
/** Timers E and F that fired for a request which had not left yet: it waited in our own queues. */
export const COUNTER_OVERTAKEN = 35;
/** Challenges that were answered, by algorithm: COUNTER_ANSWERED_MD5 plus its number. */
export const COUNTER_ANSWERED_MD5 = 36;
export const COUNTER_ANSWERED_MD5_SESS = 37;
export const COUNTER_ANSWERED_SHA_256 = 38;
export const COUNTER_ANSWERED_SHA_256_SESS = 39;
export const COUNTER_ANSWERED_SHA_512_256 = 40;
export const COUNTER_ANSWERED_SHA_512_256_SESS = 41;
/** Of those answered: a nonce that was too old, and no password that was wrong. */
export const COUNTER_STALE_NONCES = 42;
/** Nonces for the next request that came with a 2xx (RFC 7616 §3.5). */
export const COUNTER_NEXT_NONCES = 43;
/** Verification: contexts that were asked for, those whose answer could be compared, and of them those without their binding. */
export const COUNTER_VERIFY_SAMPLED = 44;
export const COUNTER_VERIFY_CHECKED = 45;
export const COUNTER_VERIFY_MISSING = 46;
/** Retry-After headers in answers that ended an attempt, by what became of them (RFC 3261 §20.33). */
export const COUNTER_RETRY_AFTER_HONOURED = 47;
export const COUNTER_RETRY_AFTER_CAPPED = 48;
export const COUNTER_RETRY_AFTER_MALFORMED = 49;
export const COUNTER_RETRY_AFTER_IGNORED = 50;
/** Redirects (3xx with a Contact that could be followed), by what became of them; only where the scenario follows any. */
export const COUNTER_REDIRECTS_FOLLOWED = 51;
export const COUNTER_REDIRECTS_LIMIT = 52;
export const COUNTER_REDIRECTS_LOOP = 53;
export const COUNTER_REDIRECTS_NOT_ALLOWED = 54;
export const COUNTER_REDIRECTS_UNUSABLE = 55;
export const COUNTER_REDIRECTS_NO_ROOM = 56;
/** First sends to places that are none of the run's targets, and matched responses from there. */
export const COUNTER_REDIRECTED_REQUESTS = 57;
export const COUNTER_REDIRECTED_RESPONSES = 58;
/** Proofs of servers that they know the secret (rspauth, RFC 7616 §3.5), and those that prove nothing. */
export const COUNTER_RSPAUTH_CHECKED = 59;
export const COUNTER_RSPAUTH_MISMATCHES = 60;
export const COUNTER_COUNT = 61;

export const PHASE_WARMUP = 0;
export const PHASE_MEASURED = 1;
export const PHASE_COOLDOWN = 2;
export const PHASE_DRAIN = 3;
export const PHASE_VERIFY = 4;
export const PHASE_CLEANUP = 5;
export const PHASE_ENDED = 6;
export const PHASE_NAMES: readonly string[] = ['warmup', 'measured', 'cooldown', 'drain', 'verify', 'cleanup', 'ended'];

// Lanes of the time series, by the second in which a thing happened.

export const LANE_STARTS_DUE = 0;
export const LANE_STARTS_MADE = 1;
/** Attempts of any procedure. */
export const LANE_SUCCEEDED = 2;
export const LANE_FAILED = 3;
/** First sends, as COUNTER_REQUESTS_SENT. */
export const LANE_REQUESTS = 4;
/** The most contexts registered in that second (maxInSecond): to be told at least once a second. */
export const LANE_REGISTERED = 5;
/** Succeeded register and refresh attempts only; they are counted in LANE_SUCCEEDED too. */
export const LANE_REGISTRATIONS = 6;
export const LANE_COUNT = 7;

export const ATTEMPT_STARTED = 0;
export const ATTEMPT_SKIPPED = 1;
export const ATTEMPT_CHALLENGED = 2;
/** Asked for longer after a 423. */
export const ATTEMPT_RAISED = 3;
/** Attempts that repeat a failed one, among those started; and those that the budget did not allow, which are not. */
export const ATTEMPT_RETRIES = 4;
export const ATTEMPT_RETRIES_DENIED = 5;
export const ATTEMPT_COUNT = 6;

export const KIND_LATENCY = 0;
export const KIND_FAILURE_LATENCY = 1;
export const KIND_WIRE = 2;
export const KIND_LAG = 3;
export const KIND_COUNT = 4;

export const STAT_COUNT = 0;
export const STAT_SUM = 1;
export const STAT_MIN = 2;
export const STAT_MAX = 3;
export const STATS_PER_HISTOGRAM = 4;
/** How long turns of the pump were busy, whole run. */
export const HISTOGRAM_TURNS = BANK_COUNT * PROCEDURE_COUNT * KIND_COUNT;
/** From the send of a keepalive to its answer, whole run. */
export const HISTOGRAM_PINGS = HISTOGRAM_TURNS + 1;
export const HISTOGRAM_COUNT = HISTOGRAM_TURNS + 2;

/**
 * HDR with 3 significant digits: 2048 values of full resolution, then one half-bucket of 1024 for each further power of
 * two, up to 2^31 - 1: (21 + 1) * 1024.
 */
export const HDR_HALF_BITS = 10;
export const HDR_MASK = 2 ** (HDR_HALF_BITS + 1) - 1;
export const HDR_VALUE_MAX = 2 ** 31 - 1;
export const HDR_DIGITS = 3;
export const HDR_LENGTH = 22 * 2 ** HDR_HALF_BITS;

/** Calls to the kernel by direction, and by how many datagrams they moved: 0 up to the most that one can. */
export const CALLS_SEND = 0;
export const CALLS_RECEIVE = 1;
export const CALLS_DIRECTIONS = 2;
export const CALL_DATAGRAMS_MAX = 1_024;
export const CALLS_PER_DIRECTION = CALL_DATAGRAMS_MAX + 1;
export const CALLS_LENGTH = CALLS_DIRECTIONS * CALLS_PER_DIRECTION;

/** Of one target: first sends, matched responses, and how often a context left it because it had failed (RFC 3263 §4.3). */
export const TARGET_REQUESTS = 0;
export const TARGET_RESPONSES = 1;
export const TARGET_FAILOVERS = 2;
export const TARGET_COUNTS = 3;
export const TARGETS_MAX = 32;
export const TARGETS_LENGTH = TARGETS_MAX * TARGET_COUNTS;

export const RESPONSE_STATUS_COUNT = 700;

/** Cells of asides.ts. */
export const ASIDE_COUNT = 48;

export const FAILURE_TEXTS_MAX = 64;
export const FAILURE_PHRASE_BYTES_MAX = 120;
export const FAILURE_HEADER_BYTES_MAX = 200;
export const FAILURE_TEXT_BYTES = FAILURE_PHRASE_BYTES_MAX + FAILURE_HEADER_BYTES_MAX;
export const TEXT_STATUS = 0;
export const TEXT_PHRASE_LENGTH = 1;
export const TEXT_HEADER_LENGTH = 2;
export const TEXT_HASH = 3;
export const TEXT_FIELDS = 4;

/** Answers to a register or refresh in which one of our Contacts got less than asked for, is missing, or got 0. */
export const BINDINGS_GRANTED_LESS = 0;
export const BINDINGS_MISSING = 1;
export const BINDINGS_ZERO = 2;
/** Answers that list more or fewer bindings than the request asked for. */
export const BINDINGS_MORE = 3;
export const BINDINGS_FEWER = 4;
/** Service-Routes that found the table full, or too long for it, and are not used. */
export const BINDINGS_ROUTES_LEFT = 5;
/** Answers that told of these, with the first text of each. */
export const TOLD_FIRST = 6;
export const TOLD_PATH = 6;
export const TOLD_SERVICE_ROUTE = 7;
export const TOLD_PUB_GRUU = 8;
export const TOLD_TEMP_GRUU = 9;
export const TOLD_ASSOCIATED_URI = 10;
export const BINDINGS_COUNT = 11;
export const TOLD_COUNT = BINDINGS_COUNT - TOLD_FIRST;
export const TOLD_TEXT_BYTES = 200;

export const HEADER_MAGIC = 0;
export const HEADER_VERSION = 1;
export const HEADER_SERIES_SECONDS = 2;
export const HEADER_LANES = 4;

const F64 = 8;
const U32 = 4;
export const COUNTERS_OFFSET = HEADER_LANES * U32;
export const ATTEMPTS_LENGTH = BANK_COUNT * PROCEDURE_COUNT * ATTEMPT_COUNT;
export const ATTEMPTS_OFFSET = COUNTERS_OFFSET + COUNTER_COUNT * F64;
export const OUTCOMES_LENGTH = BANK_COUNT * PROCEDURE_COUNT * OUTCOME_COUNT;
export const OUTCOMES_OFFSET = ATTEMPTS_OFFSET + ATTEMPTS_LENGTH * F64;
export const TURNED_OFFSET = OUTCOMES_OFFSET + OUTCOMES_LENGTH * F64;
export const RESPONSES_OFFSET = TURNED_OFFSET + OUTCOMES_LENGTH * F64;
export const STATS_LENGTH = HISTOGRAM_COUNT * STATS_PER_HISTOGRAM;
export const STATS_OFFSET = RESPONSES_OFFSET + RESPONSE_STATUS_COUNT * F64;
export const TEXT_COUNTS_OFFSET = STATS_OFFSET + STATS_LENGTH * F64;
export const BUCKETS_LENGTH = HISTOGRAM_COUNT * HDR_LENGTH;
export const CALLS_OFFSET = TEXT_COUNTS_OFFSET + FAILURE_TEXTS_MAX * F64;
export const ASIDES_OFFSET = CALLS_OFFSET + CALLS_LENGTH * F64;
export const TARGETS_OFFSET = ASIDES_OFFSET + ASIDE_COUNT * F64;
export const BINDINGS_OFFSET = TARGETS_OFFSET + TARGETS_LENGTH * F64;
export const BUCKETS_OFFSET = BINDINGS_OFFSET + BINDINGS_COUNT * F64;
export const TEXT_FIELDS_OFFSET = BUCKETS_OFFSET + BUCKETS_LENGTH * U32;
export const TOLD_LENGTHS_OFFSET = TEXT_FIELDS_OFFSET + FAILURE_TEXTS_MAX * TEXT_FIELDS * U32;
export const TEXT_BYTES_OFFSET = TOLD_LENGTHS_OFFSET + TOLD_COUNT * U32;
export const TOLD_BYTES_OFFSET = TEXT_BYTES_OFFSET + FAILURE_TEXTS_MAX * FAILURE_TEXT_BYTES;
export const SERIES_OFFSET = TOLD_BYTES_OFFSET + TOLD_COUNT * TOLD_TEXT_BYTES;

/** Number of a bank's procedure, for the tables that are laid out [bank][procedure][...]. */
export const rowOf = (bank: number, procedure: number): number => bank * PROCEDURE_COUNT + procedure;

/** Number of a histogram, for stats and buckets. */
export const histogramOf = (bank: number, procedure: number, kind: number): number =>
  rowOf(bank, procedure) * KIND_COUNT + kind;

export const seriesBytes = (seriesSeconds: number): number => seriesSeconds * LANE_COUNT * U32;
