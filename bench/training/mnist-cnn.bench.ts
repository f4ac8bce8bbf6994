import { benchTraining } from '../training.ts'

benchTraining('mnist-cnn')
