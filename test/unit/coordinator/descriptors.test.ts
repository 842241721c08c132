import { describe, expect, it } from 'vitest';
import { checkDescriptorRoom, descriptorsNeeded, openFilesLimit } from '../../../src/coordinator/descriptors.ts';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            1024                 524288               files
`;

describe('the limit on open files', () => {
  it('is the soft one', () => {
    expect(openFilesLimit(LIMITS)).toBe(1024);
    expect(openFilesLimit(LIMITS.replace('1024', 'unlimited'))).toBe(Number.POSITIVE_INFINITY);
    expect(openFilesLimit('something else')).toBeNull();
  });

  it('is refused with the number that mends it, and not one earlier', () => {
    const needed = 20 + descriptorsNeeded(4);
    expect(() => checkDescriptorRoom(needed, 20, 4)).not.toThrow();
    expect(() => checkDescriptorRoom(needed - 1, 20, 4)).toThrow(`ulimit -n ${needed}`);
  });

  it('counts one for each further socket of a worker, and says that fewer would do', () => {
    const needed = 20 + descriptorsNeeded(4) + 300;
    expect(() => checkDescriptorRoom(needed, 20, 4, 300)).not.toThrow();
    expect(() => checkDescriptorRoom(needed - 1, 20, 4, 300)).toThrow('fewer sockets (local.socketsPerWorker)');
  });
});
