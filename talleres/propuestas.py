"""De la base al planificador y de vuelta: pedir un cronograma en pantalla y guardar lo elegido.

La propuesta no se guarda: viaja en la dirección de su página, que se puede compartir y a la que se
puede volver. Lo que se guarda son los encuentros que alguien elige, con sus traslados.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db import transaction

from acompanamiento.models import Estrategia
from territorios.versiones import bloquear

from .acciones import programar_encuentro
from .insumos import Pedido, claves_de, momentos_de, plantear, programados
from .itinerario import (
    Cita,
    Infactible,
    Itinerario,
    Problema,
    minutos_de_viaje,
    proponer,
)
from .itinerario_informe import choques, paradas_de, por_dia
from .models import Encuentro, Facilitacion, Traslado
from .traslados import orden_en_el_dia

MAX_ENCUENTROS = 80  # la zona con más cantones pide 63; más, y la espera pasa de unos segundos
SELLO = "%Y%m%d%H%M"
Tipo, Jornada = Encuentro.Tipo, Encuentro.Jornada


class NoAplica(Exception):
    """La propuesta ya no corresponde a lo que hay; el mensaje dice por qué."""


def calcular(estrategia, grupos, condiciones, lugares, *, equipo=(), repetir):
    """Lo que va en la dirección: «M1-08.201908191100», un texto por encuentro. Lanza Infactible."""
    planteo = _plantear(estrategia, grupos, condiciones, lugares, equipo, repetir)
    citas = proponer(planteo.visitas, planteo.condiciones).citas
    return [f"{c.visita.clave}.{datetime.combine(c.fecha, c.inicio):{SELLO}}" for c in citas]


def _plantear(estrategia, grupos, condiciones, lugares, equipo, repetir):
    planteo = plantear(estrategia, grupos, condiciones, lugares, equipo=equipo, repetir=repetir)
    if len(planteo.visitas) > MAX_ENCUENTROS:
        raise Infactible(
            f"Son {len(planteo.visitas)} encuentros y se proponen hasta {MAX_ENCUENTROS} cada vez: "
            "elija menos grupos."
        )
    return planteo


@dataclass(frozen=True)
class Propuesto:
    """Un encuentro propuesto tal como se muestra; `guardado`: el que ya está en la base.

    `equipo`: las entidades que lo facilitarían.
    """

    cita: Cita
    pedido: Pedido
    guardado: Encuentro | None
    equipo: tuple = ()

    @property
    def clave(self):
        return self.pedido.clave

    @property
    def estrategia(self):
        return self.pedido.grupos[0].estrategia_id

    def encuentros(self):
        """Sin guardar, uno por jornada, con los GAD que se convoca a cada una."""
        return [
            (self._encuentro(inicio, fin), self.pedido.convocados(segunda=bool(numero)))
            for numero, (inicio, fin) in enumerate(self.cita.jornadas)
        ]

    def _encuentro(self, inicio, fin):
        return Encuentro(
            estrategia_id=self.estrategia,
            tipo=self.pedido.tipo,
            tema=self.pedido.tema(segunda=inicio != self.cita.inicio),
            fecha=self.cita.fecha,
            inicio=inicio,
            fin=fin,
            jornada=Jornada.de(inicio),
            lugar=self.cita.visita.lugar.nombre,
            canton_id=self.pedido.canton,
            gad=self.pedido.gad,
        )

    def en_formulario(self):
        """Lo propuesto, como parámetros del formulario de programar un encuentro."""
        encuentro, _ = self.encuentros()[0]
        datos = {
            "estrategia": self.estrategia,
            "tipo": encuentro.tipo,
            "tema": encuentro.tema,
            "fecha": encuentro.fecha.isoformat(),
            "inicio": f"{encuentro.inicio:%H:%M}",
            "fin": f"{encuentro.fin:%H:%M}",
            "lugar": encuentro.lugar,
            "canton": encuentro.canton_id,
            "gad": encuentro.gad_id or "",
            "grupo": [grupo.pk for grupo in self.pedido.grupos],
            "facilita": [entidad.pk for entidad in self.equipo],
        }
        return urlencode(datos, doseq=True)


class Lectura:
    """El cronograma que trae una dirección, con lo que ya se guardó de él. Lanza Infactible,
    o NoAplica si la dirección no es de esos grupos.
    """

    def __init__(self, estrategia, grupos, condiciones, lugares, textos, equipo=()):
        self.estrategia, self.equipo = estrategia, tuple(equipo)
        fechas = _fechas(textos)
        # Los días con encuentros no se descuentan: los que se van guardando son de esta propuesta.
        self.planteo = plantear(estrategia, grupos, condiciones, lugares, repetir=True)
        ajenas = set(fechas) - set(self.planteo.pedidos)
        if ajenas:
            raise NoAplica("La dirección no es de esos grupos: pida la propuesta otra vez.")
        self.fechas = fechas
        self.itinerario = self._itinerario(fechas)
        self._revisar_secuencia()
        momentos = momentos_de(estrategia)
        guardados = {(clave, e.fecha, e.inicio): e for e in momentos for clave in claves_de(e)}
        self.propuestos = [
            Propuesto(
                cita,
                self.planteo.pedidos[cita.visita.clave],
                guardados.get(_dato(cita)),
                self.equipo,
            )
            for cita in self.itinerario.citas
        ]
        pedidos = self.planteo.pedidos
        ya = set(programados(momentos)) & set(pedidos) - set(fechas)
        self.omitidos = [pedidos[clave].nombre for clave in pedidos if clave in ya]

    def _itinerario(self, claves) -> Itinerario:
        """El de esas visitas y no otras: los traslados se cuentan entre las elegidas."""
        visitas = [visita for visita in self.planteo.visitas if visita.clave in claves]
        problema = Problema(visitas, self.planteo.condiciones)
        problema.revisar()
        return problema.itinerario(problema.leer(self.fechas))

    def _revisar_secuencia(self):
        """Quien escribe la dirección a mano no puede pedir estar en dos lugares a la vez."""
        condiciones = self.planteo.condiciones
        previas = {visita.clave: visita.despues_de for visita in self.planteo.visitas}
        halladas = choques(paradas_de(self.itinerario), previas, minutos_de_viaje(condiciones))
        if halladas:
            raise NoAplica(f"La dirección no es una secuencia posible. {' '.join(halladas)}")

    @property
    def pendientes(self):
        return [propuesto for propuesto in self.propuestos if not propuesto.guardado]

    @property
    def dias(self):
        """[(fecha, [(Propuesto o None, (inicio, fin) o None, Tramo o None)])]."""
        por_clave = {propuesto.clave: propuesto for propuesto in self.propuestos}
        return [
            (
                jornada.fecha,
                [
                    (cita and por_clave[cita.visita.clave], horario, tramo)
                    for _, cita, horario, tramo in jornada.pasos
                ],
            )
            for jornada in por_dia(self.itinerario)
        ]

    def elegir(self, claves):
        """Los pendientes de esas claves. Lanza NoAplica si no es ninguno."""
        elegidos = [propuesto for propuesto in self.pendientes if propuesto.clave in claves]
        if not elegidos:
            raise NoAplica(
                "No hay nada que guardar: marque algún encuentro que todavía no esté programado."
            )
        return elegidos

    def tramos_de(self, elegidos):
        """Los traslados entre los elegidos y los que ya se guardaron."""
        guardados = {propuesto.clave for propuesto in self.propuestos if propuesto.guardado}
        return self._itinerario(guardados | {propuesto.clave for propuesto in elegidos}).tramos


def _dato(cita):
    return cita.visita.clave, cita.fecha, cita.inicio


def _fechas(textos):
    """{clave: momento} de los textos de la dirección. Lanza NoAplica."""
    try:
        partes = [texto.rsplit(".", 1) for texto in textos]
        fechas = {clave: datetime.strptime(sello, SELLO) for clave, sello in partes}
    except ValueError as error:
        raise NoAplica("La dirección no se entiende: pida la propuesta otra vez.") from error
    if len(fechas) < len(partes):
        raise NoAplica("La dirección repite un encuentro: pida la propuesta otra vez.")
    return fechas


@transaction.atomic
def guardar(lectura, elegidos, *, por):
    """Programa los elegidos y sus traslados, o nada; devuelve los encuentros. Lanza YaExiste."""
    bloquear(Estrategia, lectura.estrategia.pk)
    tramos = lectura.tramos_de(elegidos)
    papeles = dict.fromkeys(lectura.equipo, Facilitacion.Papel.FACILITA)
    encuentros = [
        programar_encuentro(
            encuentro, grupos=elegido.pedido.grupos, convocados=convocados, papeles=papeles, por=por
        )
        for elegido in elegidos
        for encuentro, convocados in elegido.encuentros()
    ]
    _guardar_traslados(lectura.estrategia, tramos, por)
    return encuentros


def _guardar_traslados(estrategia, tramos, por):
    """Los que no estén ya; cada uno, después de los encuentros y traslados que salen antes."""
    for tramo in tramos:
        traslado = Traslado(
            estrategia=estrategia,
            fecha=tramo.fecha,
            jornada=Jornada.de(tramo.salida),
            origen=tramo.origen.nombre,
            destino=tramo.destino.nombre,
            modo=tramo.modo,
            hora=tramo.salida,
        )
        del_dia = {"estrategia": estrategia, "fecha": tramo.fecha}
        iguales = Traslado.objects.filter(
            **del_dia, origen=traslado.origen, destino=traslado.destino, hora=traslado.hora
        )
        if not iguales.exists():
            traslado.orden = orden_en_el_dia(traslado)
            traslado._history_user = por
            traslado._change_reason = "Cronograma propuesto"
            traslado.save()
