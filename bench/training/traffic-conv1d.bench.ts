import { benchTraining } from '../training.ts'

benchTraining('traffic-conv1d')
