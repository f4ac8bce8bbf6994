import type { MenuItemConstructorOptions } from 'electron'
import { Menu } from 'electron'
import path from 'node:path'
import type { Text } from '../common/layers/text.ts'

export interface MenuOptions {
  readonly version: string
  readonly language: keyof Text
  readonly recent: readonly string[]
  /** Given the id that the command palette uses too. */
  readonly onCommand: (id: string) => void
  readonly onOpen: (file: string) => void
}

/** The native menu; every item is a command of the renderer's, so that menu, palette and keys do the same. */
export function showMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(createMenu(options)))
}

function createMenu({ version, language, recent, onCommand, onOpen }: MenuOptions): MenuItemConstructorOptions[] {
  const say = (en: string, ko: string) => (language === 'ko' ? ko : en)
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  /** The renderer takes the keys itself, since in a text field they mean something else; the menu only shows them. */
  const command = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => {
      onCommand(id)
    },
    ...(accelerator !== undefined && { accelerator, registerAccelerator: false }),
  })
  const isMac = process.platform === 'darwin'

  const file: MenuItemConstructorOptions = {
    label: say('File', '파일'),
    submenu: [
      command(say('New project…', '새 프로젝트…'), 'project.new', 'CmdOrCtrl+N'),
      command(say('Open…', '열기…'), 'project.open', 'CmdOrCtrl+O'),
      {
        label: say('Open recent', '최근 프로젝트'),
        enabled: recent.length > 0,
        submenu: recent.map((entry) => ({
          label: path.basename(entry).replace(/\.convas$/i, ''),
          sublabel: path.dirname(entry),
          click: () => {
            onOpen(entry)
          },
        })),
      },
      command(say('Open data…', '데이터 열기…'), 'data.open', 'CmdOrCtrl+Shift+O'),
      command(say('Import Keras model…', 'Keras 모델 가져오기…'), 'model.import'),
      separator,
      command(say('Save', '저장'), 'project.save', 'CmdOrCtrl+S'),
      command(say('Save as…', '다른 이름으로 저장…'), 'project.saveAs', 'CmdOrCtrl+Shift+S'),
      command(say('Export models…', '모델 내보내기…'), 'model.export'),
      separator,
      isMac ? { role: 'close' } : { role: 'quit', label: say('Quit', '끝내기') },
    ],
  }
  const edit: MenuItemConstructorOptions = {
    label: say('Edit', '편집'),
    submenu: [
      command(say('Undo', '실행 취소'), 'edit.undo', 'CmdOrCtrl+Z'),
      command(say('Redo', '다시 실행'), 'edit.redo', 'CmdOrCtrl+Shift+Z'),
      separator,
      // Text fields on a Mac are cut, copied and pasted into by these roles alone.
      isMac
        ? { role: 'cut', label: say('Cut', '잘라내기') }
        : command(say('Cut', '잘라내기'), 'edit.cut', 'CmdOrCtrl+X'),
      isMac ? { role: 'copy', label: say('Copy', '복사') } : command(say('Copy', '복사'), 'edit.copy', 'CmdOrCtrl+C'),
      isMac
        ? { role: 'paste', label: say('Paste', '붙여넣기') }
        : command(say('Paste', '붙여넣기'), 'edit.paste', 'CmdOrCtrl+V'),
      command(say('Duplicate', '복제'), 'edit.duplicate', 'CmdOrCtrl+D'),
      command(say('Delete', '삭제'), 'edit.delete', 'Delete'),
      separator,
      command(say('Select all', '모두 선택'), 'edit.selectAll', 'CmdOrCtrl+A'),
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: say('View', '보기'),
    submenu: [
      command(say('Zoom in', '확대'), 'view.zoomIn', 'CmdOrCtrl+='),
      command(say('Zoom out', '축소'), 'view.zoomOut', 'CmdOrCtrl+-'),
      command(say('Zoom to fit', '전체 보기'), 'view.zoomFit', 'CmdOrCtrl+0'),
      separator,
      {
        label: say('Theme', '테마'),
        submenu: [
          command(say('System', '시스템 설정'), 'view.themeSystem'),
          command(say('Light', '밝게'), 'view.themeLight'),
          command(say('Dark', '어둡게'), 'view.themeDark'),
        ],
      },
      separator,
      { role: 'togglefullscreen', label: say('Full screen', '전체 화면') },
    ],
  }
  const model: MenuItemConstructorOptions = {
    label: say('Model', '모델'),
    submenu: [command(say('Arrange automatically', '자동 배치'), 'model.layout')],
  }
  const run: MenuItemConstructorOptions = {
    label: say('Run', '실행'),
    submenu: [
      command(say('Train', '학습'), 'run.train', 'CmdOrCtrl+Enter'),
      command(say('Pause or resume', '일시 정지 또는 계속'), 'run.pause'),
      command(say('Stop', '정지'), 'run.stop'),
    ],
  }
  const help: MenuItemConstructorOptions = {
    role: 'help',
    label: say('Help', '도움말'),
    submenu: [
      command(say('Keyboard shortcuts', '키보드 단축키'), 'help.shortcuts'),
      { label: `Convas ${version}`, enabled: false },
    ],
  }
  const own: MenuItemConstructorOptions[] = isMac ? [{ role: 'appMenu' }] : []
  return [...own, file, edit, view, model, run, help]
}
