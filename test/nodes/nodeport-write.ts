import { writeFileSync } from 'node:fs';
import { sample } from '../paths.ts';
import { nodePortCapture } from './nodeport-capture.ts';

writeFileSync(sample('nodeport/nodeport.pcap'), nodePortCapture());
