import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allGone, devCommand, isAlive, processesBelow, serviceFolder, startDev } from './dev-session.ts';
import { handlerThatSays, putOrders, streamTemplate } from './small-service.ts';

const folderOf = (handler: string) => {
  const service = serviceFolder({ 'template.yaml': streamTemplate, 'dist/index.mjs': handler });
  onTestFinished(service.remove);
  return service.folder;
};

describe('spillway dev', () => {
  it('ends when nobody reads what it says any more, as head does, with nothing left behind', async () => {
    const dev = startDev(folderOf(handlerThatSays('first')), '--template', 'template.yaml', '--no-watch');
    onTestFinished(dev.remove);
    await dev.says(/Ready in/);
    const below = dev.below();
    dev.child.stdout.destroy();
    await putOrders(dev.said(), 'template-Orders', 'one');
    expect(await dev.ended).toEqual([0, null]);
    expect(dev.said()).not.toContain('EPIPE');
    await allGone(below);
    expect(dev.temporaryFiles()).toEqual([]);
  });

  it('ends with the npm that has started it, which does not hand on a SIGTERM', async () => {
    const folder = folderOf(handlerThatSays('first'));
    const [program, ...given] = devCommand('--template', 'template.yaml', '--no-watch');
    const shell = spawn('sh', ['-c', '"$0" "$@"; true', program, ...given], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_command: 'run-script' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await expect.poll(() => said, { timeout: 20_000, interval: 20 }).toMatch(/Ready in/);
    const below = processesBelow(shell);
    expect(below.length).toBeGreaterThan(3);
    onTestFinished(() => {
      for (const pid of below.filter(isAlive)) process.kill(pid, 'SIGKILL');
    });
    shell.kill('SIGTERM');
    await once(shell, 'exit');
    await allGone(below);
    expect(said).toContain('Stopping.');
  });

  it('shows what a function has thrown, and where, once for all tries', async () => {
    const handler = `export const handler = async () => {\n  throw new TypeError('out of stock');\n};`;
    const dev = startDev(folderOf(handler), '--template', 'template.yaml', '--no-watch');
    onTestFinished(dev.remove);
    await dev.says(/Ready in/);
    await putOrders(dev.said(), 'template-Orders', 'one');
    await dev.says(/failed, attempt 3/);
    expect(dev.said().match(/TypeError: out of stock\n +at .*dist\/index\.mjs:2:9/g)).toHaveLength(1);
    dev.pressCtrlC();
    expect(await dev.ended).toEqual([0, null]);
  });
});
