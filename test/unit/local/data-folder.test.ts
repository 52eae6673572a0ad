import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataFolder } from '../../../infra/local/data-folder.ts';
import { lockFolder, startTimeOf } from '../../../infra/local/lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockOf = (pid: number, startedAt: string) =>
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid, startedAt }));

describe('the lock', () => {
  it('names this process, and is gone when it is released', () => {
    const lock = lockFolder(folder);
    expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toEqual({
      pid: process.pid,
      startedAt: startTimeOf(process.pid),
    });
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused while its process lives, with the flag that helps', () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(
      `${folder} is in use by another local mode (process ${process.pid}): stop it, or choose another folder with --data <folder>`,
    );
    lock.release();
  });

  it.each([
    ['of a process that is gone', () => lockOf(999_999_999, 'x')],
    ['of a process whose number was given away again', () => lockOf(process.pid, 'another time')],
    ['that is half written', () => writeFileSync(join(folder, 'lock'), '{"pid":')],
    ['that is empty', () => writeFileSync(join(folder, 'lock'), '')],
    ['that holds something else', () => writeFileSync(join(folder, 'lock'), '[1]')],
  ])('%s is taken over', (_, prepare) => {
    prepare();
    lockFolder(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a process that was killed and that nobody has buried is taken over', async () => {
    // The shell's child gets a parent that never asks after it.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (line) => resolve(Number(line))));
    lockOf(pid, startTimeOf(pid));
    expect(() => lockFolder(folder)).toThrow('in use');
    process.kill(pid, 'SIGKILL');
    while (startTimeOf(pid) !== '') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(() => process.kill(pid, 0)).not.toThrow();
    lockFolder(folder).release();
    parent.kill('SIGKILL');
    await new Promise((resolve) => parent.once('close', resolve));
  });

  it('is not released by someone else', () => {
    const lock = lockFolder(folder);
    lockOf(1, 'other');
    lock.release();
    expect(existsSync(join(folder, 'lock'))).toBe(true);
  });
});

describe('the data folder', () => {
  it('is made with all its parents, for its owner alone', () => {
    const data = openDataFolder(join(folder, 'a', 'b'), false);
    expect(statSync(data.path).mode & 0o077).toBe(0);
    expect(existsSync(join(data.path, '.gitignore'))).toBe(true);
    data.lock.release();
  });

  it('may be empty, and is known again', () => {
    openDataFolder(folder, false).lock.release();
    openDataFolder(folder, false).lock.release();
  });

  it.each([false, true])('is refused and left alone when it holds the files of others (fresh: %s)', (isFresh) => {
    writeFileSync(join(folder, 'thesis.txt'), 'x');
    mkdirSync(join(folder, 'build'));
    expect(() => openDataFolder(folder, isFresh)).toThrow('holds files that are not local mode');
    expect(readdirSync(folder).sort()).toEqual(['build', 'thesis.txt']);
  });

  it('is refused when it is no folder', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openDataFolder(join(folder, 'file'), false)).toThrow(
      'file cannot be used, choose another with --data <folder>: it is a file',
    );
    expect(() => openDataFolder(join(folder, 'file/data'), false)).toThrow(
      'file/data cannot be used, choose another with --data <folder>: a file is in its way',
    );
  });

  it('is made with the folders above it', () => {
    openDataFolder(join(folder, 'a/b/c'), false).lock.release();
    expect(readdirSync(join(folder, 'a/b/c')).sort()).toEqual(['.burnwatch-data', '.gitignore', 'logs']);
  });

  it('is refused, and not tried for ever, where the system says that nothing can be there', () => {
    const nowhere = process.platform === 'linux' ? '/proc/burnwatch/data' : join(folder, 'file/data');
    if (process.platform !== 'linux') writeFileSync(join(folder, 'file'), '');
    expect(() => openDataFolder(nowhere, false)).toThrow(
      `${nowhere} cannot be used, choose another with --data <folder>: `,
    );
  });

  it('is refused in one line when its lock cannot be written', () => {
    openDataFolder(folder, false).lock.release();
    mkdirSync(join(folder, `lock.${process.pid}`));
    const open = () => openDataFolder(folder, false);
    expect(open).toThrow(`${folder} cannot be used, choose another with --data <folder>: `);
    expect(open).toThrow(expect.objectContaining({ code: 'LOCAL_DATA_UNUSABLE' }));
  });

  it('loses what local mode made when it is to be fresh, and nothing else', () => {
    const first = openDataFolder(folder, false);
    first.lock.release();
    for (const name of ['cloudwatch.db', 'sns.db-wal', 'parameters.json', 'notes.txt'])
      writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, 'dynamodb'));
    const outside = mkdtempSync(join(tmpdir(), 'burnwatch-outside-'));
    writeFileSync(join(outside, 'kept'), 'x');
    rmSync(join(folder, 'logs'), { recursive: true });
    symlinkSync(outside, join(folder, 'build'));
    const second = openDataFolder(folder, true);
    second.lock.release();
    expect(readdirSync(folder).sort()).toEqual(['.burnwatch-data', '.gitignore', 'logs', 'notes.txt']);
    expect(readdirSync(outside)).toEqual(['kept']);
    rmSync(outside, { recursive: true });
  });

  it('is not emptied while another process holds it', () => {
    const first = openDataFolder(folder, false);
    writeFileSync(first.sns, 'x');
    expect(() => openDataFolder(folder, true)).toThrow('in use');
    expect(existsSync(first.sns)).toBe(true);
    first.lock.release();
  });
});
