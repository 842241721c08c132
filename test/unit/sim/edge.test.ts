// What stands in front of the registrar answers as a proxy may, and the same transaction always meets the same fate.

import { describe, expect, it } from 'vitest';
import { createEdge, meet, OPEN_EDGE } from '../../../src/sim/edge.ts';
import { slowParse } from '../../../src/sim/slow-parser.ts';
import { request } from '../registrar/harness.ts';

const always = (status: string, ...headers: string[]) => ({ answers: [{ status, headers, share: 1 }] });

describe('The edge', () => {
  it('lets a request pass at once when it has no queue', () => {
    expect(meet(createEdge(OPEN_EDGE), 5, request())).toEqual({ answers: [], servedAtUs: 5 });
  });

  it('RFC 3261 §8.2.6: answers with Via, From, To, Call-ID and CSeq of the request, To with a tag', () => {
    const text = request({ branch: 'z9hG4bKedge', cseq: 7 });
    const { answers, servedAtUs } = meet(
      createEdge({ ...OPEN_EDGE, ...always('302 Gone', 'Contact: <sip:a@b>') }),
      5,
      text,
    );
    expect(servedAtUs).toBeNull();
    const asked = slowParse(text)!;
    const answer = slowParse(answers[0]!)!;
    const { status, branch, via, fromUri, fromTag, toUri, toTag, callId, cseq } = answer;
    expect({ status, branch, via, fromUri, fromTag, toUri, callId, cseq }).toEqual({
      status: 302,
      branch: 'z9hG4bKedge',
      via: asked.via,
      fromUri: asked.fromUri,
      fromTag: asked.fromTag,
      toUri: asked.toUri,
      callId: asked.callId,
      cseq: 7,
    });
    expect(toTag).toBe('edge');
    expect(answer.contacts).toEqual([['sip:a@b', -1]]);
  });

  it('has nothing to answer to a request whose headers are damaged', () => {
    const text = request().replace('Call-ID', 'Cxll-ID');
    expect(meet(createEdge({ ...OPEN_EDGE, ...always('404 Not Found') }), 5, text).answers).toEqual([]);
  });

  it('tells 100 first, and then waits its turn', () => {
    const edge = createEdge({ ...OPEN_EDGE, provisionalShare: 1, serviceUs: 30, backlogUs: 100 });
    const first = meet(edge, 0, request());
    expect(first.answers.map((answer) => slowParse(answer)?.status)).toEqual([100]);
    expect(slowParse(first.answers[0]!)?.toTag).toBeNull();
    expect([first.servedAtUs, meet(edge, 0, request()).servedAtUs, meet(edge, 50, request()).servedAtUs]).toEqual([
      30, 60, 90,
    ]);
  });

  it('answers 503 beyond its backlog, or nothing, and recovers', () => {
    const edge = createEdge({ ...OPEN_EDGE, serviceUs: 100, backlogUs: 50 });
    meet(edge, 0, request());
    const { answers, servedAtUs } = meet(edge, 0, request());
    expect([slowParse(answers[0]!)?.status, servedAtUs]).toEqual([503, null]);
    expect(meet(edge, 60, request()).servedAtUs).toBe(200);
    const silent = createEdge({ ...OPEN_EDGE, serviceUs: 100, backlogUs: 50, isSilentWhenFull: true });
    meet(silent, 0, request());
    expect(meet(silent, 0, request())).toEqual({ answers: [], servedAtUs: null });
    expect(silent.counts).toEqual({ provisionals: 0, hung: 0, answered: 0, overloaded: 0, dropped: 1 });
  });

  it('does the same to a retransmission as to the first copy, and about its share to all', () => {
    const edge = createEdge({ ...OPEN_EDGE, answers: [{ status: '404 Not Found', headers: [], share: 0.3 }] });
    let refused = 0;
    for (let number = 0; number < 2_000; number++) {
      const text = request({ branch: `z9hG4bK-share-${number}` });
      const first = meet(edge, 0, text);
      expect(meet(edge, 500_000, text).answers).toEqual(first.answers);
      refused += first.answers.length;
    }
    // 600 expected; five standard deviations are 102.
    expect(Math.abs(refused - 600)).toBeLessThan(103);
  });

  it('may tell 100 and then nothing for good', () => {
    const edge = createEdge({ ...OPEN_EDGE, provisionalShare: 1, hungShare: 1 });
    const { answers, servedAtUs } = meet(edge, 0, request());
    expect([answers.map((answer) => slowParse(answer)?.status), servedAtUs]).toEqual([[100], null]);
  });

  it('lets everything pass once it is healed', () => {
    const edge = createEdge({ ...OPEN_EDGE, ...always('404 Not Found'), serviceUs: 100 });
    edge.isHealed = true;
    expect(meet(edge, 5, request())).toEqual({ answers: [], servedAtUs: 5 });
  });
});
