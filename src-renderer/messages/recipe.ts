import type { Text } from '../../src-main/common/layers/text.ts'
import {
  balancedTitle,
  clippingTitles,
  lossTitles,
  optimizerTitles,
  scheduleTitles,
  settingTitles,
} from '../../src-main/common/training/recipe-words.ts'

/** How models are trained: the form of the recipe. */
export const recipeMessages = {
  'recipe.group.step': { en: 'How it learns', ko: '학습 방법' },
  'recipe.group.loss': { en: 'What it minimises', ko: '최소화할 값' },
  'recipe.group.judge': { en: 'How it is judged', ko: '평가 방법' },
  'recipe.group.run': { en: 'How long', ko: '학습 분량' },
  'recipe.group.stop': { en: 'When to stop', ko: '종료 조건' },
  'recipe.optimizer': { en: 'Optimiser', ko: '옵티마이저' },
  'recipe.optimizer.sgd': optimizerTitles.sgd,
  'recipe.optimizer.momentum': optimizerTitles.momentum,
  'recipe.optimizer.nesterov': optimizerTitles.nesterov,
  'recipe.optimizer.rmsprop': optimizerTitles.rmsprop,
  'recipe.optimizer.adagrad': optimizerTitles.adagrad,
  'recipe.optimizer.adam': optimizerTitles.adam,
  'recipe.optimizer.adamw': optimizerTitles.adamw,
  'recipe.optimizer.nadam': optimizerTitles.nadam,
  'recipe.optimizerHelp.sgd': {
    en: 'Steps straight down the gradient. Simple; needs a well-chosen rate, often 0.01 to 0.1.',
    ko: '기울기를 따라 곧바로 내려갑니다. 단순하지만 학습률을 잘 골라야 하며 보통 0.01~0.1입니다.',
  },
  'recipe.optimizerHelp.momentum': {
    en: 'Keeps part of its last direction, so that it rolls through small dents.',
    ko: '이전 방향을 일부 유지해 작은 굴곡을 지나갑니다.',
  },
  'recipe.optimizerHelp.nesterov': {
    en: 'Momentum that looks ahead before it steps.',
    ko: '한 걸음 앞을 내다보고 움직이는 모멘텀입니다.',
  },
  'recipe.optimizerHelp.rmsprop': {
    en: 'Gives every weight a rate of its own, after how large its gradients were lately.',
    ko: '최근 기울기의 크기에 따라 가중치마다 학습률을 조절합니다.',
  },
  'recipe.optimizerHelp.adagrad': {
    en: 'Lowers the rate of a weight the more it has moved; good for rare features.',
    ko: '많이 변한 가중치일수록 학습률을 낮춥니다. 드문 특징에 좋습니다.',
  },
  'recipe.optimizerHelp.adam': {
    en: 'Momentum and a rate for every weight. A good first choice, usually at 0.001.',
    ko: '모멘텀과 가중치별 학습률을 함께 씁니다. 처음 쓰기 좋으며 보통 0.001입니다.',
  },
  'recipe.optimizerHelp.adamw': {
    en: 'Adam with a weight decay that does not disturb the step.',
    ko: '가중치 감쇠를 따로 적용하는 Adam입니다.',
  },
  'recipe.optimizerHelp.nadam': {
    en: 'Adam that looks ahead as Nesterov momentum does.',
    ko: '네스테로프 모멘텀처럼 앞을 내다보는 Adam입니다.',
  },
  'recipe.learningRate': settingTitles.learningRate,
  'recipe.learningRateHelp': {
    en: 'How far one step goes. Too high and the loss jumps, too low and nothing happens.',
    ko: '한 스텝에 얼마나 움직일지 정합니다. 너무 크면 손실이 튀고 너무 작으면 거의 변하지 않습니다.',
  },
  'recipe.momentum': settingTitles.momentum,
  'recipe.momentumHelp': {
    en: 'How much of the last direction is kept; 0.9 is usual.',
    ko: '이전 방향을 유지하는 비율입니다. 보통 0.9를 씁니다.',
  },
  'recipe.weightDecay': settingTitles.weightDecay,
  'recipe.weightDecayHelp': {
    en: 'Pulls weights a little towards zero at each step, against overfitting. 0 is off.',
    ko: '스텝마다 가중치를 0 쪽으로 조금 당겨 과적합을 줄입니다. 0이면 사용하지 않습니다.',
  },
  'recipe.schedule': { en: 'Schedule', ko: '학습률 일정' },
  'recipe.schedule.constant': scheduleTitles.constant,
  'recipe.schedule.step': scheduleTitles.step,
  'recipe.schedule.exponential': scheduleTitles.exponential,
  'recipe.schedule.cosine': scheduleTitles.cosine,
  'recipe.schedule.plateau': scheduleTitles.plateau,
  'recipe.scheduleHelp.constant': {
    en: 'The learning rate stays as it is.',
    ko: '학습률을 그대로 유지합니다.',
  },
  'recipe.scheduleHelp.step': {
    en: 'After some epochs the learning rate is multiplied by a factor. Counted in epochs.',
    ko: '정해진 에포크마다 학습률에 배율을 곱합니다. 에포크 단위로 셉니다.',
  },
  'recipe.scheduleHelp.exponential': {
    en: 'The learning rate shrinks by the factor over every so many steps. Counted in steps, as in Keras.',
    ko: '정해진 스텝마다 학습률이 배율만큼 줄어듭니다. Keras처럼 스텝 단위로 셉니다.',
  },
  'recipe.scheduleHelp.cosine': {
    en: 'Rises from zero during the warm-up, then falls along half a cosine. Counted in steps, as in Keras.',
    ko: '웜업 동안 0에서 올라간 뒤 코사인 곡선을 따라 내려갑니다. Keras처럼 스텝 단위로 셉니다.',
  },
  'recipe.scheduleHelp.plateau': {
    en: 'Lowers the learning rate of a model that no longer improves, for each model by itself.',
    ko: '더 나아지지 않는 모델의 학습률을 낮춥니다. 모델마다 따로 적용합니다.',
  },
  'recipe.schedulePreview': {
    en: 'Learning rate over {epochs} epochs: from {first} to {last}, at most {most}',
    ko: '에포크 {epochs}회 동안의 학습률: {first}에서 {last}까지, 최대 {most}',
  },
  'recipe.schedulePeak': { en: 'highest {rate}', ko: '최대 {rate}' },
  'recipe.schedulePlateauPreview': {
    en: 'If nothing improved from the first epoch on',
    ko: '첫 에포크부터 전혀 나아지지 않는 경우',
  },
  'recipe.stepSize': settingTitles.stepSize,
  'recipe.stepSizeHelp': { en: 'Epochs between two changes of the rate.', ko: '학습률을 바꾸는 간격입니다.' },
  'recipe.gamma': settingTitles.gamma,
  'recipe.gammaHelp': {
    en: 'What the rate is multiplied by; below 1 lowers it.',
    ko: '학습률에 곱할 값입니다. 1보다 작으면 낮아집니다.',
  },
  'recipe.decaySteps': settingTitles.decaySteps,
  'recipe.decayStepsHelp': {
    en: 'Steps over which the rate shrinks by the factor; one epoch has {steps}.',
    ko: '학습률이 배율만큼 줄어드는 데 걸리는 스텝 수입니다. 한 에포크는 {steps}스텝입니다.',
  },
  'recipe.staircase': settingTitles.staircase,
  'recipe.staircaseHelp': {
    en: 'Changes the rate at once after each interval, not a little with every step.',
    ko: '스텝마다 조금씩이 아니라 간격이 끝날 때마다 한 번에 바꿉니다.',
  },
  'recipe.warmupSteps': settingTitles.warmupSteps,
  'recipe.warmupStepsHelp': {
    en: 'Steps in which the rate rises from zero; 0 starts at once. One epoch has {steps}.',
    ko: '학습률이 0에서 올라가는 스텝 수입니다. 0이면 웜업이 없습니다. 한 에포크는 {steps}스텝입니다.',
  },
  'recipe.cosineSteps': settingTitles.cosineSteps,
  'recipe.cosineStepsHelp': {
    en: 'Steps from the top to the end of the cosine; empty goes on to the end of training.',
    ko: '가장 높은 곳에서 끝까지 내려가는 스텝 수입니다. 비워 두면 학습이 끝날 때까지입니다.',
  },
  'recipe.toTheEnd': { en: 'to the end', ko: '끝까지' },
  'recipe.floor': settingTitles.floor,
  'recipe.floorHelp': {
    en: 'The share of the learning rate that is left at the end, 0 to 1.',
    ko: '마지막에 남는 학습률의 비율입니다(0~1).',
  },
  'recipe.monitor': settingTitles.monitor,
  'recipe.monitorHelp': {
    en: 'Measured on the validation samples after each epoch.',
    ko: '에포크가 끝날 때마다 검증 표본에서 잰 값입니다.',
  },
  'recipe.plateauFactorHelp': {
    en: 'What the rate is multiplied by, below 1.',
    ko: '학습률에 곱할 1보다 작은 값입니다.',
  },
  'recipe.plateauPatienceHelp': {
    en: 'Epochs without improvement before the rate is lowered.',
    ko: '나아지지 않아도 학습률을 낮추지 않고 기다릴 에포크 수입니다.',
  },
  'recipe.cooldown': settingTitles.cooldown,
  'recipe.cooldownHelp': {
    en: 'Epochs after a reduction in which nothing is counted.',
    ko: '학습률을 낮춘 뒤 세지 않고 기다리는 에포크 수입니다.',
  },
  'recipe.minimum': settingTitles.minimum,
  'recipe.minimumHelp': { en: 'The rate is never lowered below it.', ko: '학습률을 이보다 낮추지 않습니다.' },
  'recipe.beta1': settingTitles.beta1,
  'recipe.beta1Help': {
    en: 'How much of the mean of gradients is kept at each step; usually 0.9.',
    ko: '기울기 평균을 스텝마다 유지하는 비율입니다. 보통 0.9입니다.',
  },
  'recipe.beta2': settingTitles.beta2,
  'recipe.beta2Help': {
    en: 'The same for the mean of squared gradients; usually 0.999.',
    ko: '기울기 제곱 평균을 유지하는 비율입니다. 보통 0.999입니다.',
  },
  'recipe.rho': settingTitles.rho,
  'recipe.rhoHelp': {
    en: 'How much of the mean of squared gradients is kept at each step; usually 0.9.',
    ko: '기울기 제곱 평균을 스텝마다 유지하는 비율입니다. 보통 0.9입니다.',
  },
  'recipe.epsilon': settingTitles.epsilon,
  'recipe.epsilonHelp': {
    en: 'Added to the divisor so that it is never zero; larger makes steps calmer.',
    ko: '나누는 값이 0이 되지 않도록 더하는 수입니다. 크면 스텝이 차분해집니다.',
  },
  'recipe.initialAccumulator': settingTitles.initialAccumulator,
  'recipe.initialAccumulatorHelp': {
    en: 'Where the sum of squared gradients starts; larger makes the first steps smaller.',
    ko: '기울기 제곱 누적합의 시작값입니다. 크면 처음 스텝이 작아집니다.',
  },
  'recipe.centered': settingTitles.centered,
  'recipe.centeredHelp': {
    en: 'Divides by the variance of gradients, not by their mean square.',
    ko: '기울기의 제곱 평균 대신 분산으로 나눕니다.',
  },
  'recipe.amsgrad': settingTitles.amsgrad,
  'recipe.amsgradHelp': {
    en: 'Keeps the largest mean square seen so far, so that rates of weights never rise again.',
    ko: '지금까지 가장 큰 제곱 평균을 유지해 가중치별 학습률이 다시 커지지 않게 합니다.',
  },
  'recipe.more': { en: 'More settings of the optimiser', ko: '옵티마이저 세부 설정' },
  'recipe.defaults': { en: 'Back to the defaults', ko: '기본값으로' },
  'recipe.clipping': { en: 'Gradient clipping', ko: '기울기 제한' },
  'recipe.clipping.none': { en: 'None', ko: '없음' },
  'recipe.clipping.value': clippingTitles.value,
  'recipe.clipping.norm': clippingTitles.norm,
  'recipe.clipping.globalNorm': clippingTitles.globalNorm,
  'recipe.clippingHelp.none': {
    en: 'Gradients are used as they are. Limit them where the loss jumps or diverges.',
    ko: '기울기를 그대로 씁니다. 손실이 튀거나 발산하면 제한해 보세요.',
  },
  'recipe.clippingHelp.value': {
    en: 'Each number of a gradient is held between −limit and limit.',
    ko: '기울기의 각 수를 −한계와 한계 사이로 제한합니다.',
  },
  'recipe.clippingHelp.norm': {
    en: 'The gradient of each weight tensor is shortened to the limit; its direction stays.',
    ko: '가중치 텐서마다 기울기의 크기를 한계까지 줄입니다. 방향은 그대로입니다.',
  },
  'recipe.clippingHelp.globalNorm': {
    en: 'All gradients are shortened together to the limit, so that their proportions stay. The usual choice.',
    ko: '모든 기울기를 함께 한계까지 줄여 서로의 비율을 유지합니다. 가장 흔히 씁니다.',
  },
  'recipe.clippingLimit': settingTitles.limit,
  'recipe.clippingLimitHelp': { en: 'The largest size that is let through.', ko: '허용하는 가장 큰 크기입니다.' },
  'recipe.labelSmoothing': { en: 'Label smoothing', ko: '레이블 스무딩' },
  'recipe.labelSmoothingHelp': {
    en: 'Spreads this share of each target over all classes, against overconfidence; 0 is off, 0.1 usual.',
    ko: '정답의 이 비율만큼을 모든 클래스에 나누어 과신을 줄입니다. 0이면 끔, 보통 0.1입니다.',
  },
  'recipe.huberDelta': { en: 'Delta', ko: '델타(δ)' },
  'recipe.huberDeltaHelp': {
    en: 'The error at which the loss goes over from squared to straight.',
    ko: '손실이 제곱에서 직선으로 바뀌는 오차의 크기입니다.',
  },
  'recipe.classWeights': { en: 'Class weights', ko: '클래스 가중치' },
  'recipe.classWeights.none': { en: 'All the same', ko: '모두 같음' },
  'recipe.classWeights.balanced': balancedTitle,
  'recipe.classWeights.own': { en: 'Own weights', ko: '직접 지정' },
  'recipe.classWeightsHelp.none': {
    en: 'Every sample counts the same in the loss.',
    ko: '모든 표본이 손실에서 똑같이 계산됩니다.',
  },
  'recipe.classWeightsHelp.balanced': {
    en: 'Samples of rare classes count more, so that every class counts the same in all.',
    ko: '드문 클래스의 표본을 더 크게 계산해 클래스들이 전체적으로 같은 비중을 갖게 합니다.',
  },
  'recipe.classWeightsHelp.own': {
    en: 'How much a sample of each class counts in the loss; 1 is usual, 0 leaves it out.',
    ko: '각 클래스의 표본이 손실에서 차지하는 비중입니다. 보통 1이며 0이면 제외합니다.',
  },
  'recipe.topK': { en: 'k of top-k', ko: 'Top-k의 k' },
  'recipe.topKHelp': {
    en: 'A sample counts as right where its class is among the k best scores.',
    ko: '점수가 가장 높은 k개 안에 정답이 있으면 맞은 것으로 셉니다.',
  },
  'recipe.evaluationBatchSize': { en: 'Judging batch', ko: '평가 배치 크기' },
  'recipe.evaluationBatchSizeHelp': {
    en: 'Samples evaluated at a time. The results are the same; less takes less memory.',
    ko: '한 번에 평가하는 표본 수입니다. 결과는 같으며 작을수록 메모리를 덜 씁니다.',
  },
  'recipe.loss': { en: 'Loss', ko: '손실 함수' },
  'recipe.loss.binaryCrossentropy': lossTitles.binaryCrossentropy,
  'recipe.loss.categoricalCrossentropy': lossTitles.categoricalCrossentropy,
  'recipe.loss.sparseCategoricalCrossentropy': lossTitles.sparseCategoricalCrossentropy,
  'recipe.loss.hinge': lossTitles.hinge,
  'recipe.loss.categoricalHinge': lossTitles.categoricalHinge,
  'recipe.loss.meanSquaredError': lossTitles.meanSquaredError,
  'recipe.loss.meanAbsoluteError': lossTitles.meanAbsoluteError,
  'recipe.loss.huber': lossTitles.huber,
  'recipe.lossHelp.binaryCrossentropy': {
    en: 'For two classes with one output unit.',
    ko: '출력 유닛이 하나인 두 클래스 문제에 씁니다.',
  },
  'recipe.lossHelp.categoricalCrossentropy': {
    en: 'For several classes, one output unit each.',
    ko: '클래스마다 출력 유닛이 있는 여러 클래스 문제에 씁니다.',
  },
  'recipe.lossHelp.sparseCategoricalCrossentropy': {
    en: 'The same with labels as whole numbers; the results are equal.',
    ko: '레이블이 정수일 때의 같은 손실이며 결과는 같습니다.',
  },
  'recipe.lossHelp.hinge': {
    en: 'For two classes, as a support vector machine has it: wants the score beyond a margin of 1 on the right side.',
    ko: '두 클래스 문제에 쓰는 서포트 벡터 머신의 손실입니다. 점수가 올바른 쪽으로 여백 1을 넘기를 바랍니다.',
  },
  'recipe.lossHelp.categoricalHinge': {
    en: 'For several classes: wants the right score above every other by a margin of 1.',
    ko: '여러 클래스 문제에 씁니다. 정답의 점수가 다른 모든 점수보다 1 이상 높기를 바랍니다.',
  },
  'recipe.lossHelp.meanSquaredError': {
    en: 'For values: large errors weigh far more than small ones.',
    ko: '값을 예측할 때 씁니다. 큰 오차에 훨씬 큰 벌점을 줍니다.',
  },
  'recipe.lossHelp.meanAbsoluteError': {
    en: 'For values: all errors weigh by their size; outliers disturb less.',
    ko: '값을 예측할 때 씁니다. 오차에 비례하므로 이상치의 영향이 작습니다.',
  },
  'recipe.lossHelp.huber': {
    en: 'For values: squared where small, absolute where large.',
    ko: '값을 예측할 때 씁니다. 작은 오차는 제곱, 큰 오차는 절댓값으로 잽니다.',
  },
  'recipe.lossUnfit': {
    en: '“{loss}” does not fit the data. They ask for “{better}”.',
    ko: '“{loss}”은(는) 이 데이터에 맞지 않습니다. “{better}”이(가) 필요합니다.',
  },
  'recipe.lossMend': { en: 'Use {better}', ko: '{better} 사용' },
  'recipe.batchSize': { en: 'Batch size', ko: '배치 크기' },
  'recipe.batchSizeHelp': {
    en: 'Samples for one step. Larger runs faster and steadier, smaller finds its way with fewer epochs.',
    ko: '한 스텝에 쓰는 표본 수입니다. 크면 빠르고 안정적이며, 작으면 더 적은 에포크로 배웁니다.',
  },
  'recipe.epochs': { en: 'Epochs', ko: '에포크' },
  'recipe.epochsHelp': {
    en: 'How often every training sample is seen.',
    ko: '모든 학습 표본을 몇 번 볼지 정합니다.',
  },
  'recipe.seed': { en: 'Seed', ko: '시드' },
  'recipe.seedHelp': {
    en: 'Decides weights, split and order: the same seed gives the same result.',
    ko: '초기 가중치, 분할, 순서를 정합니다. 시드가 같으면 결과도 같습니다.',
  },
  'recipe.validation': { en: 'Share', ko: '비율' },
  'recipe.validationSamples': { en: ' · {count}', ko: ' · {count}개' },
  'recipe.judging': { en: 'Judged by', ko: '평가 기준' },
  'recipe.judging.share': { en: 'Part of the training samples', ko: '학습 표본의 일부' },
  'recipe.judging.shareHelp': {
    en: 'A share of the training samples is held back to judge each epoch: of each class the same, of a series its end.',
    ko: '학습 표본의 일부를 떼어 두고 에포크마다 평가합니다. 클래스마다 같은 비율로, 시계열은 끝부분을 씁니다.',
  },
  'recipe.judging.folds': { en: 'One of k folds', ko: 'k-겹 중 하나' },
  'recipe.judging.foldsHelp': {
    en: 'The training samples are dealt out into k folds; this one judges, the others train. A fold of a series trains only on what comes before it.',
    ko: '학습 표본을 k개로 나누어 한 겹은 평가에, 나머지는 학습에 씁니다. 시계열에서는 그 겹보다 앞선 구간만 학습합니다.',
  },
  'recipe.judging.given': { en: 'What the data set aside', ko: '데이터가 지정한 표본' },
  'recipe.judging.givenHelp': {
    en: 'The validation samples that came with the data judge each epoch; they are never trained on.',
    ko: '데이터에 들어 있는 검증 표본으로 에포크마다 평가하며, 학습에는 쓰지 않습니다.',
  },
  'recipe.judging.test': { en: 'The external test', ko: '외부 테스트' },
  'recipe.folds': { en: 'Folds (k)', ko: '겹의 수 (k)' },
  'recipe.expected.fold': { en: 'A whole number from 1 to {of}', ko: '1~{of} 사이의 정수' },
  'recipe.expected.folds': { en: 'A whole number from 2 to 100', ko: '2~100 사이의 정수' },
  'recipe.judging.testHelp': {
    en: 'Holds nothing back and judges each epoch on the external test set, as many notebooks do. The test is then no longer unseen: do not choose a model by it.',
    ko: '따로 떼어 두지 않고 에포크마다 외부 테스트 세트로 평가합니다. 많은 노트북이 이렇게 하지만, 테스트가 더는 처음 보는 데이터가 아니므로 이것으로 모델을 고르지 마세요.',
  },
  'recipe.earlyStopping': { en: 'Early stopping', ko: '조기 종료' },
  'recipe.earlyStoppingHelp': {
    en: 'Ends the training of a model that no longer improves on the validation samples.',
    ko: '검증 결과가 더 나아지지 않는 모델의 학습을 끝냅니다.',
  },
  'recipe.stopNeedsValidation': {
    en: 'Early stopping watches the validation samples, but none are held back.',
    ko: '조기 종료에는 검증 결과가 필요한데 검증용 표본이 없습니다.',
  },
  'recipe.stopMend': { en: 'Hold back 25 %', ko: '25 % 떼어 두기' },
  'recipe.patience': settingTitles.patience,
  'recipe.patienceHelp': {
    en: 'Epochs without improvement before it stops.',
    ko: '나아지지 않아도 기다릴 에포크 수입니다.',
  },
  'recipe.minDelta': settingTitles.minDelta,
  'recipe.minDeltaHelp': {
    en: 'Less than this does not count as better.',
    ko: '이보다 작은 변화는 나아진 것으로 보지 않습니다.',
  },
  'recipe.restoreBest': settingTitles.restoreBest,
  'recipe.restoreBestHelp': {
    en: 'Gives back the weights of the best epoch, not of the last.',
    ko: '마지막이 아니라 가장 좋았던 에포크의 가중치를 돌려줍니다.',
  },
  'recipe.expected.positive': { en: 'Expected: a number above 0.', ko: '0보다 큰 수를 입력하세요.' },
  'recipe.expected.notNegative': { en: 'Expected: 0 or a number above it.', ko: '0 이상의 수를 입력하세요.' },
  'recipe.expected.fraction': { en: 'Expected: a number from 0 to 1.', ko: '0에서 1 사이의 수를 입력하세요.' },
  'recipe.expected.share': { en: 'Expected: 0 or more, and below 1.', ko: '0 이상 1 미만의 수를 입력하세요.' },
  'recipe.expected.betweenZeroAndOne': {
    en: 'Expected: a number above 0 and below 1.',
    ko: '0보다 크고 1보다 작은 수를 입력하세요.',
  },
  'recipe.expected.wholeOrZero': {
    en: 'Expected: 0 or a positive whole number.',
    ko: '0 또는 양의 정수를 입력하세요.',
  },
  'recipe.expected.topK': { en: 'Expected: a whole number from 2 on.', ko: '2 이상의 정수를 입력하세요.' },
  'recipe.expected.whole': { en: 'Expected: a positive whole number.', ko: '양의 정수를 입력하세요.' },
  'recipe.expected.batch': {
    en: 'Expected: a whole number from 1 to 65536.',
    ko: '1에서 65536 사이의 정수를 입력하세요.',
  },
  'recipe.expected.epochs': {
    en: 'Expected: a whole number from 1 to 100000.',
    ko: '1에서 100000 사이의 정수를 입력하세요.',
  },
  'recipe.expected.seed': {
    en: 'Expected: a whole number from 0 to 4294967295.',
    ko: '0에서 4294967295 사이의 정수를 입력하세요.',
  },
} as const satisfies Record<string, Text>
