import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { AppState } from './state/app-state.svelte.ts';
import { preferences } from './state/preferences.svelte.ts';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');

const app = new AppState();
app.start();
// The language first: nothing is to be shown in one and then in another.
await preferences.apply();
mount(App, { target, props: { app } });
