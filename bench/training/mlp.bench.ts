import { benchTraining } from '../training.ts'

benchTraining('MLP 784-512-512-10')
