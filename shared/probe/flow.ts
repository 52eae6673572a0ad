import type { FlowMonitor } from '../config/model.ts';
import { unsent } from './judge.ts';
import type { Prober } from './prober.ts';

export const probeFlow: Prober<FlowMonitor> = async () => unsent('flow is not built yet');
