import type { TcpMonitor } from '../config/model.ts';
import { unsent } from './judge.ts';
import type { Prober } from './prober.ts';

export const probeTcp: Prober<TcpMonitor> = async () => unsent('tcp is not built yet');
