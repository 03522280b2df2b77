import { createResource, For, Show } from 'solid-js'
import { usePages } from '../pages-context.ts'
import { texts } from '../texts.ts'
import { Loaded } from '../widgets/loaded.tsx'

/** `/clients`: the way to each client's page. */
export function ClientsScreen() {
  const { api } = usePages()
  document.title = texts.title(texts.places.clients)
  const [clients, { refetch }] = createResource(api.clients)
  const columns = texts.clients.columns
  return (
    <section class="sheet" aria-labelledby="clients-title">
      <h1 id="clients-title">{texts.places.clients}</h1>
      <Loaded resource={clients} onRetry={() => void refetch()}>
        {(items) => (
          <Show when={items().length > 0} fallback={<p class="empty">{texts.clients.none}</p>}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{columns.name}</th>
                  <th scope="col">{columns.slug}</th>
                  <th scope="col">{columns.zone}</th>
                </tr>
              </thead>
              <tbody>
                <For each={items()}>
                  {(client) => (
                    <tr>
                      <th scope="row">
                        <a href={`/clients/${client.slug}`}>{client.name}</a>
                      </th>
                      <td class="code">{client.slug}</td>
                      <td>{client.zone}</td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </Show>
        )}
      </Loaded>
    </section>
  )
}
