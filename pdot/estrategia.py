"""Lo que muestra la página de una estrategia: su marco, sus grupos y su avance."""

from django.db.models import Count
from django.urls import reverse

from acompanamiento.models import ElementoEstrategia, Grupo
from acompanamiento.reparto import Reparto, repartir
from talleres.asistencia import de_estrategia
from territorios.bitacora import cambios_de
from territorios.jurisdiccion import Permiso

from .avance import avance_de
from .informe.metodo import elementos_de, separar_objetivos


def ficha_de_estrategia(estrategia, usuario):
    """Contexto de la página. Cinco consultas, haya los grupos que haya."""
    grupos = _grupos(usuario, estrategia)
    conformados = [grupo for grupo in grupos if grupo.esta_conformado]
    total = Reparto.de(grupo.reparto for grupo in conformados)
    propio, de_otra_zona = total.partir(usuario.zona_id)
    elementos = elementos_de(estrategia)
    objetivos, _ = separar_objetivos(elementos)
    return {
        "lugar": "acompanamiento",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            (estrategia.nombre, None),
        ],
        "estrategia": estrategia,
        "elementos": elementos,
        "objetivos": objetivos,
        "ambitos": _ambitos(elementos),
        "espacios": _espacios(grupos),
        "grupos": grupos,
        "cuantos": len(conformados),
        "propuestos": sum(grupo.esta_propuesto for grupo in grupos),
        "total": propio,
        "de_otra_zona": de_otra_zona,
        "asistencia": de_estrategia(estrategia, usuario),
        "avance": avance_de(estrategia, usuario, grupos, propio.gads, de_otra_zona.gads),
        "puede_formar": usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO),
        "puede_administrar": usuario.puede(Permiso.ADMINISTRAR),
    }


def bitacora_de_estrategia(usuario, estrategia):
    """La de la estrategia y la de las piezas de su marco."""
    return cambios_de(
        usuario,
        estrategia.historia.all(),
        hijas=[ElementoEstrategia.historia.filter(estrategia=estrategia.pk)],
        nombrar=_nombrar,
    )


def _nombrar(fila):
    if fila.instance_type is ElementoEstrategia:
        return f"«{fila.nombre}» ({fila.get_tipo_display().lower()})"
    return "la estrategia"


def _grupos(usuario, estrategia):
    """Los que ve, cada uno con su `reparto` de GAD y cuántos hitos lleva su hoja de ruta."""
    visibles = Grupo.objects.visibles_para(usuario).filter(estrategia=estrategia)
    con_hitos = visibles.annotate(cuantos_hitos=Count("hitos"))
    grupos = list(con_hitos.select_related("criterio", "sede", "espacio"))
    repartos = repartir(grupos)
    for grupo in grupos:
        grupo.reparto = repartos[grupo.pk]
    return grupos


def _espacios(grupos):
    """[(espacio, [los grupos que acoge])], por nombre."""
    acogidos = {}
    for grupo in grupos:
        if grupo.espacio and grupo.esta_vivo:
            acogidos.setdefault(grupo.espacio, []).append(grupo)
    return sorted(acogidos.items(), key=lambda par: par[0].nombre)


def _ambitos(elementos):
    """Cada ámbito con sus objetivos, su eje, sus estrategias y sus fases; al final, lo que no dice
    de cuál es, salvo los objetivos: esos son de toda la estrategia.
    """
    nombres = {ambito.nombre: ambito for ambito in elementos["ambito"]}
    _, con_objetivos = separar_objetivos(elementos)
    objetivos, ambitos = dict(con_objetivos), []
    for nombre in [*nombres, ""]:
        suyos = [
            (titulo, [e for e in elementos[tipo] if _nombre_en(nombres, e) == nombre])
            for tipo, titulo in (("eje", "Eje"), ("accion", "Estrategias"), ("fase", "Fases"))
        ]
        suyos.insert(0, ("Objetivos", objetivos.get(nombre)))
        partes = [(titulo, piezas) for titulo, piezas in suyos if piezas]
        if nombre or partes:
            titulo = f"Ámbito {nombre[:1].lower()}{nombre[1:]}" if nombre else "Sin ámbito"
            ambitos.append({"nombre": titulo, "ambito": nombres.get(nombre), "partes": partes})
    return ambitos


def _nombre_en(nombres, elemento):
    return elemento.ambito if elemento.ambito in nombres else ""
