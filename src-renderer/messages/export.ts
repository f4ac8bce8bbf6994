import type { Text } from '../../src-main/common/layers/text.ts'

/** Models that leave for other programs, and those that come in. */
export const exportMessages = {
  'command.exportModels': { en: 'Export models…', ko: '모델 내보내기…' },
  'command.importModel': { en: 'Import Keras model…', ko: 'Keras 모델 가져오기…' },
  'exportModels.open': { en: 'Export…', ko: '내보내기…' },
  'exportModels.title': { en: 'Export the models', ko: '모델 내보내기' },
  'exportModels.what': { en: 'What', ko: '대상' },
  'exportModels.run': { en: 'The run in view, with its weights', ko: '보고 있는 실행 (학습된 가중치 포함)' },
  'exportModels.project': { en: 'The models as they are, untrained', ko: '지금 모델 (학습 전)' },
  'exportModels.as': { en: 'Form', ko: '형식' },
  'exportModels.to': { en: 'Where', ko: '저장 위치' },
  'exportModels.toFolder': { en: 'A folder that is new or empty.', ko: '새 폴더나 빈 폴더여야 합니다.' },
  'exportModels.needsRun': {
    en: 'Train first: a report is of a run.',
    ko: '먼저 학습하세요. 보고서는 실행에 대한 것입니다.',
  },
  'exportModels.replace': { en: 'Replace', ko: '바꾸기' },
  'exportModels.working': { en: 'Writing…', ko: '저장하는 중…' },
  'exportModels.written': { en: 'Written:', ko: '저장했습니다:' },
  'exportModels.cancelled': {
    en: 'Cancelled; nothing was written.',
    ko: '취소했습니다. 아무것도 저장하지 않았습니다.',
  },
  'save.run': { en: 'Run', ko: '실행' },
  'confusion.title': { en: 'Confusion matrix', ko: '혼동 행렬' },
  'confusion.corner': { en: 'True class \\ answer', ko: '실제 클래스 \\ 답' },
  'save.testAccuracy': { en: 'Test accuracy', ko: '테스트 정확도' },
  'save.testLoss': { en: 'Test loss', ko: '테스트 손실' },
  'save.bytes': { en: 'Bytes', ko: '바이트' },
  'save.kind': { en: 'Type', ko: '종류' },
  'save.row': { en: 'Row', ko: '행' },
  'save.title': { en: 'Save {title}', ko: '{title} 저장' },
  'save.as': { en: 'Save {title} as {form}', ko: '{title}: {form}로 저장' },
  'report.open': { en: 'Report…', ko: '보고서…' },
  'report.title': { en: 'Save a report', ko: '보고서 저장' },
  'report.about': {
    en: 'Results with intervals, pairs, curves, confusion, kernels, maps, recipes and code in one file that opens without a network and can be printed.',
    ko: '구간이 있는 결과, 모델 쌍 비교, 곡선, 혼동 행렬, 커널, 특징 맵, 학습 설정, 코드를 담은 파일 하나로, 네트워크 없이 열리고 인쇄할 수 있습니다.',
  },
  'report.models': { en: 'Models: {models}, from runs: {runs}', ko: '모델 {models}개, 실행 {runs}개' },
  'report.noneFinished': {
    en: 'A report is of runs that came to their end. Tick at least one.',
    ko: '보고서는 끝난 실행에 대한 것입니다. 하나 이상 선택하세요.',
  },
  'importModel.done': {
    en: '{name} was imported with its weights; nothing was trained here.',
    ko: '{name} 모델을 가중치와 함께 가져왔습니다. 여기서 학습한 것은 없습니다.',
  },
  'importModel.dataGiven': {
    en: 'The imported weights are looked at with these data now.',
    ko: '가져온 가중치를 이제 이 데이터로 살펴봅니다.',
  },
} as const satisfies Record<string, Text>
