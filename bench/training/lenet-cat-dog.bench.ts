import { benchTraining } from '../training.ts'

benchTraining('lenet-cat-dog')
