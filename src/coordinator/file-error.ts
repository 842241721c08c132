// What the system says about a file, in words that a person can act on. Node's own text ("EACCES: permission denied, open
// 'x'") names the call and the path once more, and no way out.

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'nothing is there to be read yet',
  EBADF: 'it is closed',
  EBUSY: 'it is in use',
  EDQUOT: 'the quota of disk space is used up',
  EFBIG: 'it would be larger than the system allows',
  EIO: 'the device failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'no file descriptor is left; raise the limit (ulimit -n)',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'the system has no file descriptor left',
  ENODEV: 'its device does not exist',
  ENOENT: 'no such file',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of its path is no folder',
  ENXIO: 'it is a socket, or its device does not exist',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  ETIMEDOUT: 'the file server does not answer',
  ERR_INVALID_ARG_VALUE: 'its name holds a character that no file name can have',
};

/** One clause: why a file cannot be read or written. `error` is what a call of node:fs threw. */
export const fileErrorText = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  return REASONS[code] ?? `the system says ${code}`;
};
