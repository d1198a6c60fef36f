import { expect, test } from "vitest";
import { cpuQuota } from "../../src/devices/machine.ts";

const reader = (files: Record<string, string>) => (path: string) => files[path];

test("without control groups there is no quota", () => {
  expect(cpuQuota(reader({}))).toBe(Infinity);
});

test("version 2: the smallest quota of a group and its ancestors counts", () => {
  const files = {
    "/proc/self/cgroup": "0::/a.slice/b.scope\n",
    "/sys/fs/cgroup/a.slice/cpu.max": "150000 100000\n",
    "/sys/fs/cgroup/a.slice/b.scope/cpu.max": "max 100000\n",
  };
  expect(cpuQuota(reader(files))).toBe(1.5);
});

test("version 2 inside a container: the mounted root is the group itself", () => {
  const files = { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n" };
  expect(cpuQuota(reader(files))).toBe(2);
});

test("version 1: the quota is divided by the period, and -1 means none", () => {
  const files = {
    "/proc/self/cgroup": "4:memory:/x\n3:cpu,cpuacct:/x\n0::/\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000\n",
    "/sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
  };
  expect(cpuQuota(reader(files))).toBe(0.5);
});
