/** Spreadsheets, each sheet as the CSV that it would be saved as, but with dates as ISO 8601. Formulas count as what they came to. */
import { workbookSheets } from './office-open-xml.ts'
import { openDocumentSheets } from './open-document.ts'
import type { OpenMember, Sheet } from './sheet.ts'

/** The first member of such an archive: any file of Office Open XML and of OpenDocument has one of these. */
const FIRST = /^(?:\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/|mimetype$)/
export const isOfficeMember = (name: string): boolean => FIRST.test(name)

/** Undefined where the archive is no spreadsheet. Throws where it names a part that is not there. */
export const readSheets = async (open: OpenMember): Promise<Sheet[] | undefined> =>
  (await workbookSheets(open)) ?? (await openDocumentSheets(open))
