import { benchTraining } from '../training.ts'

benchTraining('kopo-cifar-bn')
