import { expect, test } from 'vitest'
import type { Forecast } from '../../../src-main/common/data/forecast.ts'
import { forecastCsv } from './forecast-csv.ts'

const errors = { mse: 0, mae: 0, mseInUnit: 0, maeInUnit: 0 }
const forecast: Forecast = {
  model: 'm',
  epoch: 1,
  target: 'Speed, "left"',
  samples: 2,
  errors,
  naive: { last: errors, season: null },
  rows: Int32Array.of(8, 9),
  times: Float64Array.of(Date.UTC(2017, 3, 2, 0, 40), Date.UTC(2017, 3, 2, 0, 45)),
  actual: Float32Array.of(87.3, 90),
  predicted: Float32Array.of(88.125, 1 / 3),
  ahead: { times: Float64Array.of(Date.UTC(2017, 3, 2, 0, 50)), predicted: Float32Array.of(86) },
}

test('a forecast is written with the moments of the file, what lies beyond the end without an actual value', () => {
  expect(forecastCsv(forecast, 10).split('\n')).toEqual([
    'row,time,"Speed, ""left""",predicted',
    '9,2017-04-02 00:40:00,87.3,88.125',
    '10,2017-04-02 00:45:00,90,0.33333334',
    '11,2017-04-02 00:50:00,,86',
    '',
  ])
})

test('without dates there is no column for them', () => {
  const plain = { ...forecast, times: null, ahead: { times: null, predicted: Float32Array.of(86) } }
  expect(forecastCsv(plain, 10).split('\n')[0]).toBe('row,"Speed, ""left""",predicted')
  expect(forecastCsv(plain, 10).split('\n')[3]).toBe('11,,86')
})
