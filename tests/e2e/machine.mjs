// A throw-away machine: this one's files, with what is written to them kept in
// memory, its own processes, no network, and a real systemd that starts nothing
// but its journal. The kernel's settings are read-only. Only root can have one.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, until, within } from './site.mjs';

// $1: an empty folder, $2: this tree. Runs in namespaces of its own, so that what
// it mounts ends with it. What is said before the last line is why there is no
// machine.
const BOOT = `
set -eu
cd "$1"
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$1"
cd "$1"
mkdir upper work root
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay root
cd root
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
if [ ! -e "./$2/Makefile" ]; then # on a file system of its own, or below /tmp
  mkdir -p "$1/tree.upper" "$1/tree.work" "./$2"
  mount -t overlay -o "lowerdir=$2,upperdir=$1/tree.upper,workdir=$1/tree.work" overlay "./$2"
fi
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/shm dev/pts run/old
for name in null zero full random urandom tty; do
  touch "dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
: >etc/machine-id
rm -rf etc/systemd/system/*.wants lib/systemd/system/*.wants var/log/journal
for unit in sysinit basic multi-user sockets; do
  printf '[Unit]\\nDescription=%s\\nDefaultDependencies=no\\n' "$unit" >"etc/systemd/system/$unit.target"
done
printf '[Unit]\\nDescription=A machine\\nWants=systemd-journald.service multi-user.target\\n' >etc/systemd/system/machine.target
pivot_root . run/old
umount -l /run/old
rmdir /run/old
# As at a real start: what systemd mounts for a service, it mounts for all.
mount --make-rshared /
exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\
  /lib/systemd/systemd --system --unit=machine.target --log-target=journal --show-status=no
`;

// Where the second version of control groups is mounted, if it is.
function controlGroups() {
  const line = readFileSync('/proc/mounts', 'utf8').split('\n').find((text) => text.split(' ')[2] === 'cgroup2');
  return line?.split(' ')[1];
}

function removeGroup(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) removeGroup(join(path, entry.name));
  rmdirSync(path);
}

export class Machine {
  // Its files, as seen from here.
  path(name) {
    return join(`/proc/${this.pid}/root`, name);
  }

  write(name, text, mode = 0o644) {
    mkdirSync(join(this.path(name), '..'), { recursive: true, mode: 0o755 });
    writeFileSync(this.path(name), text, { mode });
  }

  enter(command) {
    return ['-t', String(this.pid), '-m', '-p', '-C', '-n', '-i', '--', ...command];
  }

  // A command on it, to its end.
  run(...command) {
    return run(this.enter(command), { program: 'nsenter' });
  }

  // The same, while something else goes on here.
  async meanwhile(...command) {
    return (await this.place.start('nsenter', this.enter(command)).ended).code;
  }
}

// The machine, or why there is none here.
export async function boot(place) {
  const groups = controlGroups();
  if (process.getuid() !== 0) return 'only root can have one';
  if (!existsSync('/lib/systemd/systemd')) return 'systemd is not installed';
  if (groups === undefined) return 'there is no cgroup2';
  const group = join(groups, `signpost-test-${process.pid}`);
  const folder = join(place.path, 'machine');
  mkdirSync(folder);
  try {
    mkdirSync(group);
  } catch (error) {
    return error.message;
  }
  place.undo.push(() => until('its control groups are empty', () => {
    try {
      removeGroup(group);
      return true;
    } catch {
      return false;
    }
  }));
  // The control group first, so that the new namespace begins there.
  const shell = 'echo $$ >"$0/cgroup.procs"; exec unshare -m -p -C -n -i --fork --kill-child sh -c "$3" boot "$1" "$2"';
  const child = place.start('sh', ['-c', shell, group, folder, root, BOOT]);
  place.undo.push(async () => {
    child.kill('SIGKILL');
    await within(child.ended, 'the machine to end');
  });
  const machine = new Machine();
  machine.place = place;
  const first = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  await until('systemd runs', () => {
    if (child.exitCode !== null) return true;
    machine.pid = Number(first());
    return machine.pid > 0 && /^systemd$/m.test(readFileSync(`/proc/${machine.pid}/comm`, 'utf8'));
  });
  if (child.exitCode !== null) return place.log.trim() || `unshare ended with ${child.exitCode}`;
  await until('it is up', () => machine.run('systemctl', 'is-active', 'machine.target').out === 'active\n');
  return machine;
}
