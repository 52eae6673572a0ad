import type { TlsMonitor } from '../config/model.ts';
import { unsent } from './judge.ts';
import type { Prober } from './prober.ts';

export const probeTls: Prober<TlsMonitor> = async () => unsent('tls is not built yet');
