import { workerData } from 'node:worker_threads'
import { answer } from '../../thread.ts'
import { readings } from './readings.ts'

answer(readings(workerData as string))
