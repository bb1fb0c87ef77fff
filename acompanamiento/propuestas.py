"""De la base al motor y de vuelta: pedir una propuesta en pantalla y aceptar sus grupos.

La propuesta no se guarda: viaja en la dirección de su página, que se puede compartir y a la que se
puede volver. Lo que se guarda son los grupos que alguien acepta.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from territorios.texto import enumerar

from .acciones import bloquear_estrategia, formar_grupo
from .agrupacion import GrupoPropuesto, presentar, proponer
from .insumos import cantones_en, con_grupo, vecindad_cantonal
from .mesa import Ocupante, Terreno, elegir
from .models import Grupo
from .models.grupo import tono_de

LARGO_DEL_NOMBRE = Grupo._meta.get_field("nombre").max_length


class NoAplica(Exception):
    """La propuesta ya no corresponde a lo que hay; el mensaje dice por qué."""


def calcular(estrategia, exigencias, elegibles, *, repartir_propuestos):
    """Los códigos de cada grupo propuesto entre los cantones `elegibles` que no tienen grupo.

    `repartir_propuestos`: si entran también los que solo están en un grupo propuesto. Lanza
    Infactible, o NoAplica si no queda ninguno por agrupar.
    """
    agrupados = con_grupo(estrategia, propuestos=not repartir_propuestos)
    todos = cantones_en(timezone.localdate())
    cantones = [c for c in todos if c.codigo in elegibles and c.codigo not in agrupados]
    if not cantones:
        salida = (
            ""
            if repartir_propuestos
            else (
                " Si quiere otra manera de juntar los que solo están propuestos, marque «Repartir "
                "también…»."
            )
        )
        raise NoAplica(f"Todos los cantones pedidos tienen ya grupo en esta estrategia.{salida}")
    propuesta = proponer(cantones, vecindad_cantonal(), exigencias)
    return [grupo.codigos for grupo in propuesta.grupos]


@dataclass(frozen=True)
class Propuesto:
    """Un grupo de la propuesta tal como se muestra: sus cantones y qué se hizo ya con él."""

    numero: int
    codigos: tuple[str, ...]
    nombres: list[str]
    grupo: GrupoPropuesto
    descartado: bool
    ocupantes: list[Ocupante]
    ya_aceptado: bool
    repartir_propuestos: bool

    @property
    def tono(self):
        return tono_de(self.numero)

    @property
    def impiden(self):
        """Los grupos que no dejan aceptarlo; uno solo propuesto, si se pidió repartir esos, no."""
        return [
            grupo
            for grupo in self.ocupantes
            if self.ya_aceptado or not (grupo.solo_propuesto and self.repartir_propuestos)
        ]

    @property
    def pendiente(self):
        return not self.descartado and not self.impiden

    @property
    def se_acepta_asi(self):
        """Si no es continuo pasa por la mesa, donde una persona escribe por qué."""
        return self.pendiente and self.grupo.contiguo

    @property
    def nombre(self):
        """Los cantones separados por comas, o los primeros y cuántos más si no caben."""
        entero = ", ".join(self.nombres)
        if len(entero) <= LARGO_DEL_NOMBRE:
            return entero
        return f"{', '.join(self.nombres[:3])} y {len(self.nombres) - 3} más"


def leer(estrategia, repartos, descartados, *, repartir_propuestos, terreno=None):
    """(propuestos, medidas) de los grupos de códigos que trae la dirección. Lanza NoAplica."""
    if not repartos:
        raise NoAplica("No hay ninguna propuesta que leer: pídala otra vez.")
    cantones = {canton.codigo: canton for canton in cantones_en(timezone.localdate())}
    pedidos = [codigo for codigos in repartos for codigo in codigos]
    desconocidos = sorted(set(pedidos) - set(cantones))
    if desconocidos:
        raise NoAplica(f"No es código de ningún cantón vigente: {enumerar(desconocidos)}.")
    if len(set(pedidos)) < len(pedidos):
        raise NoAplica("La dirección repite un cantón en dos grupos: pida la propuesta otra vez.")
    elegidos = [cantones[codigo] for codigo in pedidos]
    propuesta = presentar(repartos, elegidos, vecindad_cantonal())
    terreno = terreno or Terreno(estrategia)
    propuestos = [
        _propuesto(terreno, grupo, numero, str(numero) in descartados, repartir_propuestos)
        for numero, grupo in enumerate(propuesta.grupos, start=1)
    ]
    return propuestos, propuesta.medidas


def _propuesto(terreno, grupo, numero, descartado, repartir_propuestos):
    sitios = [terreno.sitios[codigo] for codigo in grupo.codigos]
    ocupantes = sorted({ocupante for sitio in sitios for ocupante in sitio.grupos})
    return Propuesto(
        numero=numero,
        codigos=grupo.codigos,
        nombres=[terreno.nombres[codigo] for codigo in grupo.codigos],
        grupo=grupo,
        descartado=descartado,
        ocupantes=ocupantes,
        ya_aceptado=any(terreno.cantones_de(o) == set(grupo.codigos) for o in ocupantes),
        repartir_propuestos=repartir_propuestos,
    )


@transaction.atomic
def aceptar(estrategia, cuales, leer_otra_vez, *, por):
    """Guarda los grupos propuestos, con los tres niveles de cada cantón.

    `cuales`: el número de uno, como texto, o «todos». `leer_otra_vez()` da los propuestos como
    están ahora: se vuelve a mirar con la estrategia bloqueada, porque otra persona pudo aceptar
    un grupo con los mismos cantones. Lanza YaExiste y NoAplica.
    """
    bloquear_estrategia(estrategia.pk)
    elegidos = _pedidos(cuales, leer_otra_vez())
    terreno = Terreno(estrategia)
    _exigir_su_zona(elegidos, terreno, por)
    return [_formar(estrategia, terreno, propuesto, por) for propuesto in elegidos]


def _pedidos(cuales, propuestos):
    posibles = [propuesto for propuesto in propuestos if propuesto.se_acepta_asi]
    if cuales != "todos":
        posibles = [propuesto for propuesto in posibles if str(propuesto.numero) == cuales]
    if not posibles:
        raise NoAplica("Ese grupo ya se aceptó, se descartó o alguno de sus cantones tiene grupo.")
    return posibles


def _exigir_su_zona(propuestos, terreno, por):
    """Una zona solo guarda grupos con algún cantón suyo."""
    for propuesto in propuestos:
        zonas = {terreno.sitios[codigo].zona for codigo in propuesto.codigos}
        if not por.ve_el_pais and por.zona_id not in zonas:
            raise NoAplica(f"{enumerar(propuesto.nombres)}: ningún cantón es de su zona.")


def _formar(estrategia, terreno, propuesto, por):
    eleccion = elegir(terreno, propuesto.codigos, (), ())
    zonas = [terreno.sitios[codigo].zona for codigo in propuesto.codigos]
    grupo = Grupo(
        estrategia=estrategia,
        nombre=propuesto.nombre,
        sede_id=propuesto.grupo.sede,
        zona_id=max(sorted(set(zonas)), key=zonas.count),
        nota=" ".join(propuesto.grupo.explicacion),
    )
    fecha = timezone.localdate()
    return formar_grupo(grupo, gads=eleccion.gads, secundarios=[], fecha=fecha, por=por)
