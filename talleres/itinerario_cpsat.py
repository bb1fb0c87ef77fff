"""El modelo de programación con restricciones que ordena las visitas de un itinerario.

Aparte porque importa OR-Tools, que pesa: solo se carga al buscar.
"""

from ortools.sat.python import cp_model

from .itinerario import Infactible
from .itinerario_fechas import costo, extremos, fechar


def buscar(problema, primero):
    """(puestos, si se demostró que no los hay mejores). Lanza Infactible.

    `primero`: puestos de un itinerario ya hallado, del que se parte, o None. Nunca devuelve algo
    peor.
    """
    modelo = _Modelo(problema, primero)
    solucionador = cp_model.CpSolver()
    parametros = solucionador.parameters
    parametros.num_workers = 1
    parametros.random_seed = problema.condiciones.semilla
    parametros.max_deterministic_time = problema.condiciones.limite
    estado = solucionador.solve(modelo.cp)
    if estado == cp_model.INFEASIBLE:
        raise Infactible(
            problema.faltan_dias("con los viajes, las esperas y los plazos no alcanzan")
        )
    if estado == cp_model.UNKNOWN and primero:
        return primero, False
    if estado == cp_model.UNKNOWN:
        raise Infactible(
            problema.faltan_dias("no se halló cómo; pruebe con más días o menos grupos")
        )
    orden = modelo.orden(solucionador)
    hallado = fechar(problema, orden, solucionador.value(modelo.sale))
    candidatos = [puestos for puestos in (primero, hallado) if puestos]
    mejor = min(candidatos, key=lambda puestos: costo(problema, puestos))
    return mejor, estado == cp_model.OPTIMAL


class _Modelo:
    """Un circuito por la base y las visitas; cada visita, con su día y su cuarto de hora."""

    def __init__(self, problema, primero):
        self.problema, self.cp = problema, cp_model.CpModel()
        self.ultimo = len(problema.dias) - 1
        if primero:
            self.ultimo = extremos(problema, primero)[1]
        visitas = range(problema.base)
        self.dia = [self._dia(n) for n in visitas]
        self.inicio = [self._entero(problema.inicios[n], f"inicio{n}") for n in visitas]
        self.sale = self.cp.new_int_var(0, self.ultimo, "sale")
        self.vuelve = self.cp.new_int_var(0, self.ultimo, "vuelve")
        self.arcos, self.noches = {}, []
        self._circuito()
        self._precedencias()
        self._cotas()
        self._objetivo()
        if primero:
            self._sugerir(primero)

    def _entero(self, valores, nombre):
        return self.cp.new_int_var_from_domain(cp_model.Domain.from_values(valores), nombre)

    def _dia(self, n):
        posibles = [dia for dia in self.problema.posibles[n] if dia <= self.ultimo]
        return self._entero(posibles or [self.problema.posibles[n][0]], f"dia{n}")

    # --- Restricciones --------------------------------------------------------------------------

    def _circuito(self):
        base, arcos = self.problema.base, []
        for a in range(base):
            self.arcos[base, a] = self._salida(a)
            self.arcos[a, base] = self._regreso(a)
            for b in range(base):
                if a != b and b not in self._todas_antes(a):
                    self.arcos[a, b] = self._paso(a, b)
        for (a, b), literal in self.arcos.items():
            arcos.append((a, b, literal))
        self.cp.add_circuit(arcos)

    def _todas_antes(self, n):
        """Las que van antes de `n`, también a través de otras."""
        pendientes, todas = [n], set()
        while pendientes:
            nuevas = self.problema.antes[pendientes.pop()] - todas
            todas |= nuevas
            pendientes += nuevas
        return todas

    def _salida(self, a):
        """A la primera: la misma mañana, o la víspera si así no se llega."""
        viaje = self.problema.cuartos(self.problema.base, a)
        modos = [(1, self.sale <= self.dia[a] - 1)]
        if viaje <= self._ultimo_inicio(a):
            modos.append((0, self.sale == self.dia[a], self.inicio[a] >= viaje))
        return self._uno_de(modos)

    def _regreso(self, a):
        """De la última: esa tarde, o al día siguiente."""
        viaje = self.problema.cuartos(a, self.problema.base)
        modos = [(1, self.vuelve >= self.dia[a] + 1)]
        if self._primer_fin(a) + viaje <= self.problema.largo:
            en_casa = self._fin(a) + viaje <= self.problema.largo
            modos.append((0, self.vuelve == self.dia[a], en_casa))
        return self._uno_de(modos)

    def _paso(self, a, b):
        """De `a` a `b` el mismo día; esa tarde; otro día temprano; o el día de en medio."""
        viaje, largo = self.problema.cuartos(a, b), self.problema.largo
        otro_dia = self.dia[b] >= self.dia[a] + 1
        modos = []
        if self._primer_fin(a) + viaje <= self._ultimo_inicio(b):
            mismo = self.dia[b] == self.dia[a]
            modos.append((0, mismo, self.inicio[b] >= self._fin(a) + viaje))
        if self._ultimo_fin(a) + viaje <= largo or self.problema.inicios[b][0] >= viaje:
            return self._uno_de([*modos, (1, otro_dia)])
        modos.append((2, self.dia[b] >= self.dia[a] + 2))
        if self._primer_fin(a) + viaje <= largo:
            modos.append((1, otro_dia, self._fin(a) + viaje <= largo))
        if viaje <= self._ultimo_inicio(b):
            modos.append((1, otro_dia, self.inicio[b] >= viaje))
        return self._uno_de(modos)

    def _uno_de(self, modos):
        """El arco: si se usa, se cumple entero alguno de los modos: (noches, condición…)."""
        arco = self.cp.new_bool_var("")
        literales = [arco]
        if len(modos) > 1:
            literales = [self.cp.new_bool_var("") for _ in modos]
            self.cp.add(sum(literales) == arco)
        for literal, (noches, *condiciones) in zip(literales, modos, strict=True):
            self.noches.append(noches * literal)
            for condicion in condiciones:
                self.cp.add(condicion).only_enforce_if(literal)
        return arco

    def _fin(self, a):
        return self.inicio[a] + self.problema.dura[a]

    def _primer_fin(self, a):
        return self.problema.inicios[a][0] + self.problema.dura[a]

    def _ultimo_fin(self, a):
        return self.problema.inicios[a][-1] + self.problema.dura[a]

    def _ultimo_inicio(self, a):
        return self.problema.inicios[a][-1]

    def _precedencias(self):
        """Lo dice ya el circuito, pero así se propaga antes."""
        for n, previas in enumerate(self.problema.antes):
            for previa in previas:
                self.cp.add(
                    self._absoluto(previa) + self.problema.dura[previa] <= self._absoluto(n)
                )

    def _cotas(self):
        """Se siguen de lo demás, pero así el solucionador ve cuántos días hacen falta."""
        de_viaje = [self.problema.cuartos(a, b) * arco for (a, b), arco in self.arcos.items()]
        ocupado = sum(self.problema.dura) + sum(de_viaje)
        self.cp.add(self.vuelve - self.sale >= sum(self.noches))
        self.cp.add(ocupado <= self.problema.largo * (self.vuelve - self.sale + 1))

    def _absoluto(self, n):
        return self.dia[n] * self.problema.largo + self.inicio[n]

    # --- Objetivo -------------------------------------------------------------------------------

    def _objetivo(self):
        """Días hábiles fuera; a igualdad, kilómetros; a igualdad, salir antes."""
        metros = sum(
            round(self.problema.viajes[a][b][1]) * literal for (a, b), literal in self.arcos.items()
        )
        peor = sum(max(round(km) for _, km, _ in fila) for fila in self.problema.viajes)
        por_km = self.ultimo + 2
        por_dia = (peor + 1) * por_km
        self.cp.minimize(por_dia * (self.vuelve - self.sale) + por_km * metros + self.sale)

    def _sugerir(self, puestos):
        for puesto in puestos:
            self.cp.add_hint(self.dia[puesto.visita], puesto.dia)
            self.cp.add_hint(self.inicio[puesto.visita], puesto.inicio)
        orden = [self.problema.base, *(puesto.visita for puesto in puestos), self.problema.base]
        usados = set(zip(orden, orden[1:], strict=False))
        for par, literal in self.arcos.items():
            self.cp.add_hint(literal, par in usados)
        sale, vuelve = extremos(self.problema, puestos)
        self.cp.add_hint(self.sale, sale)
        self.cp.add_hint(self.vuelve, vuelve)

    def orden(self, solucion):
        siguiente = {
            a: b for (a, b), literal in self.arcos.items() if solucion.boolean_value(literal)
        }
        orden, actual = [], siguiente[self.problema.base]
        while actual != self.problema.base:
            orden.append(actual)
            actual = siguiente[actual]
        return orden
