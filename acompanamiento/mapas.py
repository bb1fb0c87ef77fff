"""Mapas de los grupos circunvecinos: qué cantones reúne cada uno y dónde está su sede."""

from dataclasses import dataclass, field

from territorios.mapas import ARENA, LAGUNA, Conjunto, Estilo, Leyenda, dibujar
from territorios.models import Gad

from .models import Membresia

# Un grupo se reconoce por su número, su color y su trama: en gris bastan el número y la trama.
COLORES = (
    "#e8b65a",
    "#7db3d3",
    "#9ac48a",
    "#d39ab8",
    "#df946a",
    "#8d9fc4",
    "#cfc66f",
    "#b3b0aa",
)
# El propuesto va sin color: todavía no acompaña a nadie.
SIN_COLOR = "#faf8f2"
TRAMAS_DE_GRUPO = (
    "diagonal",
    "puntos",
    "contradiagonal",
    "vertical",
    "cuadros",
    "horizontal",
    "cruz",
)
YA_EN_GRUPO = "#d8d5cb"


@dataclass
class CantonMiembro:
    """Un cantón con algún GAD en un grupo: el municipal, o solo parroquias suyas."""

    nombre: str
    municipal: bool = False
    parroquias: int = 0
    grupos: list = field(default_factory=list)

    @property
    def cifra(self):
        partes = ["el GAD municipal"] if self.municipal else []
        if self.parroquias:
            cuales = "parroquia rural" if self.parroquias == 1 else "parroquias rurales"
            partes.append(f"{self.parroquias} {cuales}")
        return " y ".join(partes)


def mapa_de_grupo(grupo, gads=None):
    """Los cantones del grupo con su color, la sede marcada y los vecinos tenues.

    Dos consultas; una si se dan los `gads` miembros hoy, con su territorio y el superior.
    """
    cantones = _cantones([grupo]) if gads is None else _reunir(_filas_de(grupo, gads))
    color = _color(grupo)

    def estilo(celda):
        canton = cantones.get(celda.codigo)
        if canton is None:
            return None
        es_sede = celda.codigo == grupo.sede_id
        return Estilo(
            color,
            f"{canton.nombre}: {canton.cifra} del grupo{', sede' if es_sede else ''}",
            url=Gad(pk=celda.codigo).get_absolute_url(),
            etiqueta=canton.nombre,
            punto=es_sede,
            conjunto=Conjunto(str(grupo.pk), str(grupo)),
        )

    leyenda = [Leyenda("Cantones del grupo", color)]
    if grupo.sede_id in cantones:
        leyenda.append(Leyenda(f"Sede: {cantones[grupo.sede_id].nombre}", punto=True))
    return dibujar(
        estilo,
        ventana=list(cantones),
        titulo=f"Cantones del grupo {grupo.numero}, {grupo.nombre}",
        descripcion=_descripcion(cantones.values()),
        identificador=f"grupo-{grupo.pk}",
        leyenda=leyenda,
    )


def mapa_de_grupos(grupos, *, encuadrar=True, identificador="grupos"):
    """Cada grupo con su color, su trama y su número; cada celda lleva a la página de su grupo.

    `encuadrar=False` muestra el país entero. Si un cantón está en varios grupos se pinta como el
    primero y su título los nombra a todos. Dos consultas.
    """
    grupos = list(grupos)
    cantones = _cantones(grupos)
    direcciones = {grupo.pk: grupo.get_absolute_url() for grupo in grupos}

    def estilo(celda):
        canton = cantones.get(celda.codigo)
        if canton is None:
            return None
        grupo = canton.grupos[0]
        return Estilo(
            **_aspecto(grupo),
            titulo=f"{canton.nombre}: {', '.join(_nombre(g) for g in canton.grupos)}",
            url=direcciones[grupo.pk],
            conjunto=Conjunto(str(grupo.pk), _nombre(grupo), rotulo=str(grupo.numero)),
        )

    pintados = {grupo.pk for canton in cantones.values() for grupo in canton.grupos}
    con_cantones = [grupo for grupo in grupos if grupo.pk in pintados]
    return dibujar(
        estilo,
        ventana=list(cantones) if encuadrar else None,
        titulo="Grupos circunvecinos",
        descripcion=f"{len(con_cantones)} grupos, cada uno con su número sobre sus cantones.",
        identificador=identificador,
        leyenda=[Leyenda(_nombre(grupo), **_aspecto(grupo)) for grupo in con_cantones],
    )


def mapa_de_propuesta(propuestos):
    """Los grupos de una propuesta por decidir, con su número; cada uno lleva a su explicación."""
    por_canton = {codigo: uno for uno in propuestos if uno.pendiente for codigo in uno.codigos}

    def estilo(celda):
        propuesto = por_canton.get(celda.codigo)
        if propuesto is None:
            return None
        titulo = f"Propuesta {propuesto.numero}: {', '.join(propuesto.nombres)}"
        return Estilo(
            relleno=COLORES[propuesto.tono - 1],
            trama=_trama(propuesto.numero),
            titulo=f"{celda.nombre}, propuesta {propuesto.numero}",
            url=f"#p-{propuesto.numero}",
            conjunto=Conjunto(str(propuesto.numero), titulo, rotulo=str(propuesto.numero)),
        )

    return dibujar(
        estilo,
        ventana=[codigo for uno in propuestos for codigo in uno.codigos],
        titulo="Grupos propuestos",
        descripcion="Cada propuesta por decidir, con su número sobre sus cantones.",
        identificador="propuesta",
    )


def mapa_de_mesa(terreno, eleccion, a_la_vista, ventana):
    """El de la mesa: cada cantón lleva a su casilla; los elegidos, marcados. Una consulta."""

    def estilo(celda):
        sitio = terreno.sitios.get(celda.codigo)
        if sitio is None or celda.codigo not in a_la_vista:
            return None
        return Estilo(
            YA_EN_GRUPO if sitio.grupos else ARENA,
            f"{terreno.nombres[sitio.codigo]}, {sitio.resumen}",
            trama="puntos" if sitio.grupos else None,
            url=f"#c-{celda.codigo}",
            etiqueta=sitio.nombre,
            clase="elegido" if celda.codigo in eleccion.cantones else "",
        )

    return dibujar(
        estilo,
        ventana=ventana,
        titulo="Cantones que se pueden elegir",
        descripcion="Cada cantón lleva a su casilla en la lista, que tiene la misma información.",
        identificador="mesa",
        leyenda=[
            Leyenda("Elegido", LAGUNA),
            Leyenda("Sin grupo", ARENA),
            Leyenda("Ya en otro grupo", YA_EN_GRUPO, trama="puntos"),
        ],
    )


def _nombre(grupo):
    return f"{grupo} (propuesto)" if grupo.esta_propuesto else str(grupo)


def _aspecto(grupo):
    return {"relleno": _color(grupo), "trama": _trama(grupo.numero)}


def _trama(numero):
    return TRAMAS_DE_GRUPO[(numero - 1) % len(TRAMAS_DE_GRUPO)]


def _color(grupo):
    """El de su ficha: uno solo en la página, en todos los mapas y en el documento."""
    return SIN_COLOR if grupo.esta_propuesto else COLORES[grupo.tono - 1]


def _cantones(grupos):
    """{código: CantonMiembro} de los que son miembros hoy; una parroquia cuenta por su cantón."""
    por_pk = {grupo.pk: grupo for grupo in grupos}
    membresias = Membresia.objects.vigentes_en().filter(grupo__in=por_pk)
    filas = membresias.order_by("grupo", "gad").values_list(
        "grupo_id", "gad_id", "gad__territorio__nombre", "gad__territorio__padre__nombre"
    )
    return _reunir((por_pk[pk], *de_gad) for pk, *de_gad in filas)


def _filas_de(grupo, gads):
    """Las de `_reunir`, de GAD ya traídos."""
    for gad in sorted(gads, key=lambda gad: gad.pk):
        padre = gad.territorio.padre
        yield grupo, gad.pk, gad.territorio.nombre, padre and padre.nombre


def _reunir(filas):
    """{código: CantonMiembro} de filas (grupo, código, nombre, nombre del superior)."""
    cantones = {}
    for grupo, codigo, nombre, superior in filas:
        if len(codigo) == 2:
            continue  # La provincia entera no se pinta: taparía a sus cantones.
        es_canton = len(codigo) == 4
        canton = cantones.setdefault(codigo[:4], CantonMiembro(nombre if es_canton else superior))
        canton.municipal |= es_canton
        canton.parroquias += not es_canton
        if grupo not in canton.grupos:
            canton.grupos.append(grupo)
    return cantones


def _descripcion(cantones):
    return "; ".join(f"{canton.nombre}: {canton.cifra}" for canton in cantones) + "."
