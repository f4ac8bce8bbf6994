import { expect, test } from 'vitest'
import { asDraft, countLabels, LabelBook } from './label-book.ts'

const files = ['a.png', 'b.png', 'c.png', 'd.png']
const begin = () => new LabelBook(files, { classes: ['cat', 'dog'], labels: { 'b.png': 1, 'gone.png': 0 } })

test('labels are given, taken away and counted, and kept by the files that have one', () => {
  const book = begin()
  book.assign([0, 2], 0)
  book.assign([1], -1)
  expect(countLabels(book.now)).toEqual({ each: [2, 0], labelled: 2 })
  expect(asDraft(files, book.now)).toEqual({ classes: ['cat', 'dog'], labels: { 'a.png': 0, 'c.png': 0 } })
})

test('a draft with a label of no class leaves that file without one', () => {
  expect([...new LabelBook(files, { classes: ['cat'], labels: { 'a.png': 0, 'b.png': 3 } }).now.labels]).toEqual([
    0, -1, -1, -1,
  ])
})

test('classes are made and renamed unless the name is empty or taken', () => {
  const book = begin()
  expect([book.addClass(' '), book.addClass('dog'), book.addClass(' 고양이 ')]).toEqual([false, false, true])
  expect([book.renameClass(0, 'dog'), book.renameClass(0, 'cat'), book.renameClass(1, 'wolf')]).toEqual([
    false,
    true,
    true,
  ])
  expect(book.now.classes).toEqual(['cat', 'wolf', '고양이'])
})

test('a class that is deleted leaves its pictures without a label, and the others keep theirs', () => {
  const book = begin()
  book.addClass('bird')
  book.assign([0], 0)
  book.assign([2], 2)
  book.deleteClass(0)
  expect(asDraft(files, book.now)).toEqual({ classes: ['dog', 'bird'], labels: { 'b.png': 0, 'c.png': 1 } })
  book.undo()
  expect(asDraft(files, book.now).labels).toEqual({ 'a.png': 0, 'b.png': 1, 'c.png': 2 })
})

test('every change is one step to undo and to redo; one that changes nothing is none', () => {
  const book = begin()
  const seen = [asDraft(files, book.now)]
  const note = () => seen.push(asDraft(files, book.now))
  book.assign([0, 1, 2], 0)
  note()
  book.addClass('bird')
  note()
  book.deleteClass(1)
  note()
  book.assign([0], 0)
  for (const state of seen.slice(0, -1).reverse()) {
    book.undo()
    expect(asDraft(files, book.now)).toEqual(state)
  }
  expect(book.canUndo).toBe(false)
  for (const state of seen.slice(1)) {
    book.redo()
    expect(asDraft(files, book.now)).toEqual(state)
  }
  expect(book.canRedo).toBe(false)
  book.undo()
  book.assign([3], 0)
  expect(book.canRedo).toBe(false)
})
