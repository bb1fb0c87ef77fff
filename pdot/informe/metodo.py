"""El método: objetivos, ejes, momentos con sus temas y preguntas guía, y quién puso qué."""

from itertools import groupby

from django.db.models import Count

from acompanamiento.models import ElementoEstrategia
from talleres.models import Encuentro, Facilitacion, PlantillaEncuentro

from .secciones import Seccion

Tipo, Estado = Encuentro.Tipo, Encuentro.Estado
MOMENTOS = (Tipo.M1, Tipo.M2, Tipo.M3)


def contexto(alcance):
    por_tipo = elementos_de(alcance.estrategia)
    objetivos, de_ambitos = separar_objetivos(por_tipo)
    return {
        "objetivos": objetivos,
        "de_ambitos": de_ambitos,
        "ejes": por_tipo["eje"],
        "momentos": _momentos(alcance, por_tipo["momento"]),
        "partes": _partes(alcance),
    }


def elementos_de(estrategia):
    """{tipo: [elementos del marco]}, con todos los tipos. Una consulta."""
    por_tipo = {tipo: [] for tipo in ElementoEstrategia.Tipo.values}
    for elemento in estrategia.elementos.order_by("orden"):
        por_tipo[elemento.tipo].append(elemento)
    return por_tipo


def separar_objetivos(por_tipo):
    """(los de toda la estrategia, [(ámbito, los suyos)]): los de un ámbito van en su esquema."""
    nombres = [ambito.nombre for ambito in por_tipo["ambito"]]
    de_todos = [uno for uno in por_tipo["objetivo"] if uno.ambito not in nombres]
    suyos = [(n, [uno for uno in por_tipo["objetivo"] if uno.ambito == n]) for n in nombres]
    return de_todos, [(nombre, objetivos) for nombre, objetivos in suyos if objetivos]


def _momentos(alcance, elementos):
    """Los tres, con cuántos encuentros llevan y lo que traen sus plantillas activas."""
    textos = {f"M{elemento.orden}": elemento for elemento in elementos}
    cuentas, plantillas = _contar(alcance.encuentros), _plantillas()
    return [
        {
            "nombre": textos[tipo].nombre if tipo in textos else tipo.label,
            "texto": textos[tipo].texto if tipo in textos else "",
            "realizados": cuentas.get((tipo, Estado.REALIZADO), 0),
            "total": sum(n for (cual, estado), n in cuentas.items() if cual == tipo),
            "plantillas": plantillas[tipo],
        }
        for tipo in MOMENTOS
    ]


def _plantillas():
    """{momento: [plantilla]} con sus temas por jornada y sus preguntas, cada una una vez."""
    por_momento = {tipo: [] for tipo in MOMENTOS}
    for plantilla in PlantillaEncuentro.objects.de_momentos(MOMENTOS):
        por_momento[plantilla.tipo].append(
            {
                # «Momento 1 · Reunión inicial»: el momento ya lo dice el título.
                "nombre": plantilla.nombre.rpartition(" · ")[2],
                "insumos": _agrupar(plantilla.insumos.all(), lambda p: p.get_jornada_display()),
                "preguntas": _por_tema(plantilla.preguntas.all()),
            }
        )
    return por_momento


def _por_tema(preguntas):
    """[(tema, [pregunta])]; las que valen en la mañana y en la tarde, una vez."""
    distintas = {(pregunta.tema, pregunta.texto): pregunta for pregunta in preguntas}
    return _agrupar(distintas.values(), lambda pregunta: pregunta.tema)


def _agrupar(piezas, por):
    return [(clave, list(suyas)) for clave, suyas in groupby(piezas, key=por)]


def _contar(encuentros):
    vivos = encuentros.exclude(estado=Estado.CANCELADO).order_by()
    filas = vivos.values_list("tipo", "estado").annotate(Count("pk"))
    return {(tipo, estado): cuantos for tipo, estado, cuantos in filas}


def _partes(alcance):
    """[(papel, [(entidad, en cuántos encuentros)])]: quién facilitó y quién acompañó."""
    filas = (
        Facilitacion.objects.filter(
            encuentro__in=alcance.encuentros.filter(estado=Estado.REALIZADO).values("pk")
        )
        .order_by()
        .values_list("papel", "entidad__nombre")
        .annotate(cuantos=Count("encuentro"))
        .order_by("-cuantos", "entidad__nombre")
    )
    partes = {papel: [] for papel in Facilitacion.Papel}
    for papel, nombre, cuantos in filas:
        partes[papel].append((nombre, cuantos))
    return [(papel.label, suyas) for papel, suyas in partes.items() if suyas]


SECCION = Seccion("metodo", "Objetivos y método", "pdot/informe/metodo.html", contexto)
