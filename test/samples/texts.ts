/** Texts of the app in the order of the screens. */
const ENGLISH = {
  title: 'Good morning, Mia',
  subtitle: 'Clear until 4 pm · 17 °C',
  search: 'Search trails, huts, lakes',
  chips: ['All', 'Easy', 'Lakes', 'Huts', 'Family'],
  heroTag: 'Trail of the day',
  heroTitle: 'Mirror Tarn Loop',
  heroFacts: ['6.2 km', '2 h 40', '310 m'],
  near: 'Near you',
  all: 'See all',
  rows: [
    { title: 'Fern Gorge', meta: 'Moderate · 4.8 km' },
    { title: 'Amber Dunes', meta: 'Easy · 3.1 km' },
  ],
  week: 'This week',
  weekFacts: ['21.4 km', 'of 25 km'],
  days: ['M', 'T', 'W', 'T', 'F', 'S', 'S'],
  tabs: ['Home', 'Map', 'Saved', 'Profile'],
  detail: {
    about: 'About this trail',
    text: 'A quiet loop around the lake. The path climbs through pines to a ridge with a view of the whole valley.',
    facts: ['Distance', 'Time', 'Climb'],
    profile: 'Elevation',
    download: 'Offline map',
    start: 'Start',
    open: 'Open all year',
  },
  settings: {
    title: 'Settings',
    name: 'Mia Lindqvist',
    mail: 'mia@example.com',
    groups: ['Walking', 'App'],
    rows: ['Notifications', 'Units', 'Offline maps', 'Dark appearance', 'Weekly goal', 'Share my location'],
    values: ['On', 'Kilometres', '3 maps', '', '25 km', ''],
    signOut: 'Sign out',
  },
};

export type Texts = typeof ENGLISH;

const GERMAN: Texts = {
  title: 'Guten Morgen, Mia',
  subtitle: 'Klar bis 16 Uhr · 17 °C',
  search: 'Wege, Hütten, Seen suchen',
  chips: ['Alle', 'Leicht', 'Seen', 'Hütten', 'Familie'],
  heroTag: 'Weg des Tages',
  heroTitle: 'Rundweg am Spiegelsee',
  heroFacts: ['6,2 km', '2 Std. 40', '310 m'],
  near: 'In deiner Nähe',
  all: 'Alle ansehen',
  rows: [
    { title: 'Farnschlucht', meta: 'Mittelschwer · 4,8 km' },
    { title: 'Bernsteindünen', meta: 'Leicht · 3,1 km' },
  ],
  week: 'Diese Woche',
  weekFacts: ['21,4 km', 'von 25 km'],
  days: ['M', 'D', 'M', 'D', 'F', 'S', 'S'],
  tabs: ['Start', 'Karte', 'Gemerkt', 'Profil'],
  detail: {
    about: 'Über diesen Weg',
    text: 'Ein ruhiger Rundweg um den See. Der Pfad steigt durch Kiefern zu einem Grat mit Blick über das ganze Tal.',
    facts: ['Strecke', 'Dauer', 'Anstieg'],
    profile: 'Höhenprofil',
    download: 'Offline-Karte',
    start: 'Los geht’s',
    open: 'Ganzjährig offen',
  },
  settings: {
    title: 'Einstellungen',
    name: 'Mia Lindqvist',
    mail: 'mia@example.com',
    groups: ['Wandern', 'App'],
    rows: ['Mitteilungen', 'Einheiten', 'Offline-Karten', 'Dunkles Design', 'Wochenziel', 'Standort teilen'],
    values: ['Ein', 'Kilometer', '3 Karten', '', '25 km', ''],
    signOut: 'Abmelden',
  },
};

export const TEXTS = { en: ENGLISH, de: GERMAN } as const;
