/**
 * Zone abbreviations and the offsets, in minutes east of UTC, for which they are in use; the first is the most common one in logs.
 * From the abbreviations of the IANA time zone data (https://www.iana.org/time-zones), those still in use since 1990.
 */
const TABLE: Readonly<Record<string, readonly number[]>> = {
  UTC: [0], GMT: [0], UT: [0], Z: [0], WET: [0], WEST: [60], CET: [60], CEST: [120], MET: [60], MEST: [120],
  EET: [120], EEST: [180], MSK: [180, 240], MSD: [240], SAMT: [240], YEKT: [300], OMST: [360], NOVT: [420], KRAT: [420], IRKT: [480], YAKT: [540], VLAT: [600],
  BST: [60, 360, 660], IST: [330, 60, 120], IDT: [180], GST: [240], PKT: [300], NPT: [345], WIB: [420], ICT: [420],
  CST: [-360, 480, -300], CDT: [-300, -240], EST: [-300, 600], EDT: [-240, 660], MST: [-420, 480], MDT: [-360], PST: [-480, 480], PDT: [-420],
  AST: [-240, 180], ADT: [-180], NST: [-210], NDT: [-150], AKST: [-540], AKDT: [-480], HST: [-600], HDT: [-540], SST: [-660],
  ART: [-180], BRT: [-180], BRST: [-120], CLT: [-240], CLST: [-180], COT: [-300], PET: [-300], VET: [-240, -270],
  JST: [540], KST: [540], HKT: [480], SGT: [480], PHT: [480], AWST: [480], ACST: [570], ACDT: [630], AEST: [600], AEDT: [660], NZST: [720], NZDT: [780],
  SAST: [120], CAT: [120], EAT: [180], WAT: [60],
}

/** Offsets in seconds east of UTC, or undefined for an abbreviation that nobody uses. */
export const abbreviationOffsets = (name: string): readonly number[] | undefined =>
  Object.hasOwn(TABLE, name) ? TABLE[name]!.map((minutes) => minutes * 60) : undefined
