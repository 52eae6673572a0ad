import type { DnsMonitor } from '../config/model.ts';
import { unsent } from './judge.ts';
import type { Prober } from './prober.ts';

export const probeDns: Prober<DnsMonitor> = async () => unsent('dns is not built yet');
